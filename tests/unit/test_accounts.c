/* Rows of accounts as they are read and judged, before a database is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "commands/user/user.h"
#include "openwebui/account_rules.h"
#include "provision/accounts.h"

static const struct password_rules rules = {.algorithm = PASSWORD_BCRYPT};

static void read_rows(const char *text, enum accounts_format format, struct accounts *accounts)
{
	FILE *input = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	assert_null(accounts_read(accounts, input, "f", format));
	fclose(input);
	assert_null(accounts_validate(accounts, "user", &rules));
}

static void test_faults_of_addresses(void **state)
{
	(void)state;
	static const char *const good[] = {"a@b.c", "x@localhost", "a.b+c@d-e.f.g", "\xc3\xa4@\xc3\xb6.de", "'@b.c",
					   "a@b.c."};
	static const char *const bad[] = {"", "@", "a", "a@", "@b.c", "a@b", "a@.c", "a@b.", "a@@b.c", "a@b@c.d",
					  "a b@c.d", "a@b .c", "a@b.c\n", "a\t@b.c", "a\x7f@b.c", "a\xff@b.c",
					  "a\xc2\xa0@b.c", "a\xe3\x80\x80@b.c", "a\xe2\x80\xae@b.c", "x@localhosts",
					  "@localhost", "a\xc2\xad@b.c", "a\xe2\x80\x8b@b.c", "a\xe2\x80\x8d@b.c",
					  "a\xe2\x81\xa0@b.c", ("\xef\xbb\xbf" "a@b.c"), "a\xe3\x85\xa4@b.c",
					  "a\xf3\xa0\x81\x81@b.c", "a\xe2\x80\x83@b.c", "a@b\xe1\x9a\x80.c",
					  "a@b.c\xe2\x80\xaf"};
	for (size_t i = 0; i < COUNT(good); i++)
		if (email_fault(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (!email_fault(bad[i]))
			fail_msg("taken: %s", bad[i]);
	char text[260];
	memset(text, 'x', sizeof text);
	memcpy(text + 100, "@b.", 3);
	text[254] = '\0';
	assert_null(email_fault(text));
	text[254] = 'x';
	text[255] = '\0';
	assert_non_null(email_fault(text));
}

static void test_faults_of_names(void **state)
{
	(void)state;
	static const char *const good[] = {"A", "J\xc3\xbcrgen \xc5\x81", " a ", "O'Neil; drop",
					   "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "\xf0\x9f\x98\x80"};
	static const char *const bad[] = {"", " ", "   ", "a\nb", "a\x1b", "\xff", "a\xe2\x80\xae", "\x7f",
					  "\xe2\x80\x8b", " \xe3\x85\xa4\xc2\xa0", "\xe2\x80\x83", "\xef\xbb\xbf"};
	for (size_t i = 0; i < COUNT(good); i++)
		if (name_fault(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (!name_fault(bad[i]))
			fail_msg("taken: %s", bad[i]);
	char text[600];
	for (size_t i = 0; i < 512; i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	assert_non_null(name_fault(text)); /* 256 letters */
	text[510] = '\0';
	assert_null(name_fault(text));
}

static void test_roles(void **state)
{
	(void)state;
	assert_true(user_role_known("pending") && user_role_known("user") && user_role_known("admin"));
	assert_false(user_role_known("") || user_role_known("Admin") || user_role_known("root"));
}

static void test_defaults(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("Role,GROUPS,eMail,Name\n,\" A ; B;\",Ann@Example.ORG,\nadmin,,b@c.d,Ben\n",
		  ACCOUNTS_GUESS, &accounts);
	assert_int_equal(accounts.count, 2);
	const struct account *ann = &accounts.items[0], *ben = &accounts.items[1];
	assert_int_equal(ann->state, ACCOUNT_NEW);
	assert_int_equal(ann->line, 2);
	assert_string_equal(ann->email, "ann@example.org");
	assert_string_equal(ann->name, "ann");
	assert_string_equal(ann->role, "user");
	assert_null(ann->password);
	assert_null(ann->hash);
	assert_int_equal(ann->groups.count, 2);
	assert_string_equal(ann->groups.items[0], "A");
	assert_string_equal(ann->groups.items[1], "B");
	assert_string_equal(ben->role, "admin");
	assert_string_equal(ben->name, "Ben");
}

static void test_json_lines(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("{\"email\":\"A@b.c\",\"groups\":[\"x;y\",\"z\"],\"name\":null}\n\n \t\n"
		  "{\"Email\":\"b@b.c\",\"groups\":\"x;y\"}",
		  ACCOUNTS_GUESS, &accounts);
	assert_int_equal(accounts.count, 2);
	assert_string_equal(accounts.items[0].email, "a@b.c");
	assert_int_equal(accounts.items[0].groups.count, 2); /* in a list a semicolon is a letter */
	assert_string_equal(accounts.items[0].groups.items[0], "x;y");
	assert_int_equal(accounts.items[1].line, 4);
	assert_int_equal(accounts.items[1].groups.count, 2);
	assert_int_equal(accounts_count(&accounts, ACCOUNT_NEW), 2);
}

static void test_broken_json_repeats_no_password(void **state)
{
	(void)state;
	static const struct {
		const char *text, *piece;
	} broken[] = {
		{"{\"password\":\"TopSecret\\q\"}", "near column"},	   {"{\"password\":\"TopSecret", "is cut off"},
		{"{\"password\":\"a\"} TopSecret", "something follows"}, {"{\"a\":1,\"a\":TopSecret}", "stands twice"},
		{"{\"password\":TopSecret}", "a quote, comma"},
	};
	for (size_t i = 0; i < COUNT(broken); i++) {
		AUTO(accounts) struct accounts accounts = {0};
		read_rows(broken[i].text, ACCOUNTS_JSONL, &accounts);
		assert_int_equal(accounts.count, 1);
		if (!strstr(accounts.items[0].fault, broken[i].piece) || strstr(accounts.items[0].fault, "Secret"))
			fail_msg("%s", accounts.items[0].fault);
	}
}

static void test_json_arrays(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("\xef\xbb\xbf[ {\"email\":\"A@b.c\",\"groups\":[\"x]\",\"y\"],\"name\":\"a\\\\\\\"}],\"},\n"
		  "{\"Email\":\"b@b.c\",\"id\":7,\"created_at\":null}\n,7]\n",
		  ACCOUNTS_GUESS, &accounts);
	assert_int_equal(accounts.count, 3);
	assert_string_equal(accounts.items[0].name, "a\\\"}],");
	assert_string_equal(accounts.items[0].groups.items[0], "x]");
	assert_int_equal(accounts.items[1].line, 2);
	assert_string_equal(accounts.items[1].email, "b@b.c");
	assert_int_equal(accounts.items[2].line, 3);
	assert_int_equal(accounts.items[2].state, ACCOUNT_BAD);
}

/* A quote behind a backslash ends the text when that backslash is the second of two. */
static void test_texts_that_end_with_a_backslash(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("[{\"email\":\"a@b.c\",\"name\":\"a\\\\\"},{\"email\":\"b@b.c\",\"name\":\"\\\\\\\\\"}]",
		  ACCOUNTS_GUESS, &accounts);
	assert_int_equal(accounts.count, 2);
	assert_int_equal(accounts_count(&accounts, ACCOUNT_NEW), 2);
	assert_string_equal(accounts.items[0].name, "a\\");
	assert_string_equal(accounts.items[1].name, "\\\\");
}

static void assert_bad(const struct account *account, const char *piece)
{
	assert_int_equal(account->state, ACCOUNT_BAD);
	if (!strstr(account->fault, piece))
		fail_msg("\"%s\" does not say \"%s\"", account->fault, piece);
}

static void test_duplicates_in_any_letter_case(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("email\nz@x.y\n\xc3\x84nne@x.y\nb@x.y\n\xc3\xa4NNE@x.y\nZ@X.Y\nz@x.y\n", ACCOUNTS_CSV, &accounts);
	assert_int_equal(accounts_count(&accounts, ACCOUNT_BAD), 3);
	assert_int_equal(accounts.items[0].state, ACCOUNT_NEW); /* the first one stays */
	assert_int_equal(accounts.items[1].state, ACCOUNT_NEW);
	assert_int_equal(accounts.items[2].state, ACCOUNT_NEW);
	assert_bad(&accounts.items[3], "the same address as on line 3");
	assert_bad(&accounts.items[4], "the same address as on line 2");
	assert_bad(&accounts.items[5], "the same address as on line 2");
}

static void test_passwords_and_hashes(void **state)
{
	(void)state;
	static const char hash[] = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";
	AUTO(memory) char *text = text_format("email,password,password_hash\na@b.c,pw,\nb@b.c,,%s\nc@b.c,pw,%s\n"
					      "d@b.c,,pw\ne@b.c,%073d,\nf@b.c,\xff,\n",
					      hash, hash, 1);
	AUTO(accounts) struct accounts accounts = {0};
	read_rows(text, ACCOUNTS_CSV, &accounts);
	assert_string_equal(accounts.items[0].password, "pw");
	assert_string_equal(accounts.items[1].hash, hash);
	assert_int_equal(accounts_count(&accounts, ACCOUNT_NEW), 2);
	assert_bad(&accounts.items[2], "both a password and a password_hash");
	assert_bad(&accounts.items[3], "neither bcrypt nor argon2");
	assert_bad(&accounts.items[4], "73 bytes");
	assert_bad(&accounts.items[5], "UTF-8");
}

static void test_generated_passwords(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {.generate = true};
	read_rows("email,password\na@b.c,given\nb@b.c,\nc@b.c,\n", ACCOUNTS_CSV, &accounts);
	assert_string_equal(accounts.items[0].password, "given");
	assert_int_equal(strlen(accounts.items[1].password), 20);
	assert_string_not_equal(accounts.items[1].password, accounts.items[2].password);
}

static void test_an_unknown_role_is_told_with_the_nearest_one(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("email,role\na@b.c,amdin\nb@b.c,boss\n", ACCOUNTS_CSV, &accounts);
	assert_bad(&accounts.items[0], "unknown role \"amdin\" (pending, user, admin)");
	assert_string_equal(accounts.items[0].hint, "did you mean admin?");
	assert_string_equal(accounts.items[1].hint, "does a field hold a comma without quotes?");
	assert_bad(&accounts.items[1], "unknown role: none of pending, user, admin");
}

static void test_the_first_fault_stays(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	struct account *account = accounts_add(&accounts, 1);
	account_refuse(account, "hint", "first %d", 1);
	account_refuse(account, NULL, "second");
	assert_string_equal(account->fault, "first 1");
}

static void test_what_makes_a_file_unusable(void **state)
{
	(void)state;
	static const struct {
		const char *text, *piece;
	} bad[] = {
		{"name\nx\n", "no column \"email\""},
		{"email,EMAIL\n", "stands twice"},
		{"email,x\n", "unknown column \"x\""},
		{"\n", "is empty"},
		{"a@b.c,Ann\n", "the first line names no columns"},
		{"- email: a\n", "looks like YAML"},
		{"[{}", "never closed"},
		{"[] x", "something follows"},
		{"\xef\xbb", "unknown column"},
		{"{\"email\":\"a@b.c\",\"x\":1}", "f:1: unknown column \"x\""},
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(accounts) struct accounts accounts = {0};
		FILE *input = fmemopen((void *)(uintptr_t)bad[i].text, strlen(bad[i].text), "r");
		AUTO(error) struct error *error = accounts_read(&accounts, input, "f", ACCOUNTS_GUESS);
		fclose(input);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_INPUT);
		if (!strstr(error->message, bad[i].piece))
			fail_msg("\"%s\" does not say \"%s\"", error->message, bad[i].piece);
	}
}

/* A header of the columns of a list, each by itself: taken, or left out with a note. */
static void test_columns_of_lists_are_taken_or_left_out(void **state)
{
	(void)state;
	const struct command *const lists[] = {&user_list_command, &user_export_command};
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const struct column *column = lists[i]->columns; column->name; column++) {
			AUTO(memory) char *text = text_format("{\"%s\": null}", column->name);
			AUTO(accounts) struct accounts accounts = {0};
			FILE *input = fmemopen(text, strlen(text), "r");
			AUTO(error) struct error *error = accounts_read(&accounts, input, "f", ACCOUNTS_JSONL);
			fclose(input);
			if (error)
				fail_msg("user %s prints a column that import refuses: %s", lists[i]->name,
					 error->message);
		}
}

static void test_groups_without_an_end(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	str_add(&text, "email,groups\na@b.c,g");
	for (int i = 1; i < 1000; i++)
		str_add_format(&text, ";g%d", i);
	str_add(&text, "\nb@b.c,h");
	for (int i = 1; i < 140000; i++)
		str_add_format(&text, ";h%d", i);
	AUTO(accounts) struct accounts accounts = {0};
	read_rows(str_text(&text), ACCOUNTS_CSV, &accounts);
	assert_int_equal(accounts.items[0].state, ACCOUNT_NEW);
	assert_int_equal(accounts.items[1].state, ACCOUNT_BAD);
	assert_string_equal(accounts.items[1].fault, "names 140000 groups; 1000 are allowed");
}

static void test_refusing(void **state)
{
	(void)state;
	AUTO(accounts) struct accounts accounts = {0};
	read_rows("email\na@b.c\n", ACCOUNTS_CSV, &accounts);
	assert_null(accounts_refuse_bad(&accounts));
	account_refuse(&accounts.items[0], NULL, "why");
	AUTO(error) struct error *one = accounts_refuse_bad(&accounts);
	assert_int_equal(one->code, ERR_INPUT);
	assert_true(strstr(one->message, "why") || strstr(one->message, "1 of 1"));
	accounts_add(&accounts, 3);
	AUTO(error) struct error *many = accounts_refuse_bad(&accounts);
	assert_non_null(strstr(many->message, "1 of 2 rows are bad"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults_of_addresses), cmocka_unit_test(test_faults_of_names),
		cmocka_unit_test(test_roles), cmocka_unit_test(test_defaults), cmocka_unit_test(test_json_lines),
		cmocka_unit_test(test_json_arrays), cmocka_unit_test(test_texts_that_end_with_a_backslash),
		cmocka_unit_test(test_broken_json_repeats_no_password), cmocka_unit_test(test_groups_without_an_end),
		cmocka_unit_test(test_duplicates_in_any_letter_case), cmocka_unit_test(test_passwords_and_hashes),
		cmocka_unit_test(test_generated_passwords), cmocka_unit_test(test_the_first_fault_stays),
		cmocka_unit_test(test_an_unknown_role_is_told_with_the_nearest_one),
		cmocka_unit_test(test_what_makes_a_file_unusable),
		cmocka_unit_test(test_columns_of_lists_are_taken_or_left_out), cmocka_unit_test(test_refusing),
	};
	return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
