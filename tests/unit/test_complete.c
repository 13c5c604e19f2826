/* What may come next while a line is being typed. */
#include "sample.h"

#include "cli/complete.h"

static void check(const char *const *words, const char *expected)
{
	AUTO(strings) struct strings candidates = {0};
	AUTO(strings) struct strings line = {0};
	for (; *words; words++)
		strings_add(&line, *words);
	complete_words(&sample_root, (int)line.count, line.items, &candidates);
	for (size_t i = 0; i < candidates.count; i++)
		*strchrnul(candidates.items[i], '\t') = '\0';
	AUTO(memory) char *joined = strings_join(&candidates, " ");
	assert_string_equal(joined, expected);
}

#define CHECK(expected, ...) check((const char *const[]){__VA_ARGS__, NULL}, expected)

static void test_candidates(void **state)
{
	(void)state;
	check((const char *const[]){NULL}, "user status");
	CHECK("user status", "");
	CHECK("user", "u");
	CHECK("list create remove", "user", "");
	CHECK("", "user", "list", "--for");
	CHECK("create", "help", "user", "cr");
	CHECK("user status database environment exit-status output schedules", "help", "");
	CHECK("exit-status", "help", "ex");
	CHECK("list create remove", "help", "user", "");
	CHECK("list create remove", "user", "help", "");
	CHECK("", "user", "zzz");
	CHECK("--role --roles", "user", "list", "--ro");
	CHECK("--wait", "user", "list", "--wait", "--no-wait", "--wa");
	CHECK("--no-wait --no-headings", "user", "list", "--no-");
	CHECK("pending user admin", "user", "list", "--role", "");
	CHECK("admin", "user", "list", "-r", "a");
	CHECK("admin", "user", "list", "-ar", "a");
	CHECK("", "user", "list", "-rr", "a"); /* the second r is the value of the first */
	CHECK("x alice", "user", "remove", "-", "x"); /* a word, and no option */
	CHECK("--role=admin", "user", "list", "--role=a");
	CHECK("user,pending", "user", "list", "--roles", "user,p");
	CHECK("user,pending user,admin", "user", "list", "--roles", "user,");
	CHECK("x alice", "user", "list", "--name", "x");
	CHECK("--name=x --name=alice", "user", "list", "--name=x");
	CHECK("", "user", "list", "--tag", "");
	CHECK("", "user", "list", "--", "--ro");
	CHECK("table json yaml csv", "-o", "");
	CHECK("id count active seen_at groups info", "user", "list", "--columns", "");
	CHECK("id,active,count id,active,seen_at id,active,groups id,active,info", "user", "list", "--columns",
	      "id,active,");
	CHECK("id,count", "user", "list", "--columns", "id,co");
	CHECK("--columns=id,seen_at", "user", "list", "--columns=id,s");
	CHECK("", "user", "create", "--columns", "");
	CHECK("", "--columns", "");
	CHECK(":file", "--env-file", "");
	CHECK(":file", "--database", "");
	CHECK(":file", "user", "create", "--password-file=x");
	CHECK(":folder", "--data-dir", "/va");
	CHECK("", "--nonsense=x");
	/* Only global options that mean something to the command. */
	CHECK("--dry-run", "user", "create", "--dr");
	CHECK("", "status", "--dr");
}

static void test_descriptions(void **state)
{
	(void)state;
	AUTO(strings) struct strings candidates = {0};
	char word[] = "us";
	complete_words(&sample_root, 1, (char *[]){word}, &candidates);
	assert_int_equal(candidates.count, 1);
	assert_string_equal(candidates.items[0], "user\taccounts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_candidates),
		cmocka_unit_test(test_descriptions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
