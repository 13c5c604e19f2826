/* Help as it stands on the terminal. */
#include "sample.h"

#include "cli/screen.h"

static void test_command(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	help_write(&text, &sample_create, "user create", 80);
	assert_string_equal(
		str_text(&text),
		"owctl user create - create an account\n\n"
		"Usage: owctl user create --name NAME [OPTION].. EMAIL\n\n"
		"Creates an account.\n\n"
		"Arguments:\n"
		"  EMAIL  mail address\n\n"
		"Options:\n"
		"      --name NAME           full name (required)\n"
		"      --password-stdin      read the password from standard input\n"
		"      --password-file FILE  read the password from a file\n"
		"  -n, --dry-run             print what would be done and change nothing\n"
		"  -y, --yes                 do not ask; needed for destructive changes without a\n"
		"                            terminal\n"
		"      --audit-log FILE      record changes in this file (or on /dev/stderr)\n"
		"                            instead of the system journal (exit status 1 if that\n"
		"                            fails)\n\n"
		"Exit status:\n"
		"    0  done\n"
		"    1  the command failed, or its question was answered with no\n"
		"   64  the command line is wrong\n"
		"   78  a setting is missing or wrong, or there is no database where it points\n"
		"  130  interrupted by a signal\n\n"
		"More options, the same for every command (--database, --profile, -q, ..): owctl --help\n");
}

static void test_examples_come_before_options(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	help_write(&text, &sample_list, "user list", 80);
	const char *example = strstr(text.data, "\nExamples:\n  owctl user list a@example.org --role admin\n");
	assert_non_null(example);
	assert_true(example < strstr(text.data, "\nOptions:\n"));
	assert_non_null(strstr(text.data, "Usage: owctl user list [OPTION].. EMAIL [GROUP..]\n"));
	assert_non_null(strstr(text.data, "  of this role (pending, user, admin; default user)\n"));
	assert_non_null(strstr(text.data, "(-5 to 9)"));
	assert_null(strstr(text.data, "for-scripts-of-our-own"));
	/* Explanations stand below one another, as close as the longest term that is shown lets them. */
	assert_non_null(strstr(text.data, "\n  -a, --all              show all\n"));
	assert_non_null(strstr(text.data, "\nColumns of the output:\n  id       id of the account\n"));
	assert_non_null(strstr(text.data, "   65  data given to the command is wrong, or names what is not there\n"));
}

static void test_root_and_group(void **state)
{
	(void)state;
	AUTO(str) struct str root = {0};
	help_write(&root, &sample_root, "", 80);
	assert_non_null(strstr(root.data, "Usage: owctl COMMAND [OPTION]..\n"));
	assert_non_null(strstr(root.data, "\nCommands:\n  user    accounts\n  status  show the status\n"));
	assert_non_null(strstr(root.data, "      --database URL|PATH "));
	assert_non_null(strstr(root.data, "\nTopics:\n  database     the forms of --database"));
	AUTO(str) struct str group = {0};
	help_write(&group, &sample_user, "user", 80);
	assert_non_null(strstr(group.data, "\nExamples:\n  owctl user list a@example.org --role admin\n"));
	assert_null(strstr(group.data, "--database"));
}

static void test_a_line_that_fits_exactly(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	screen_wrap(&text, "aaaa bbbb cccc ", 0, 9);
	assert_string_equal(text.data, "aaaa bbbb\ncccc");
}

static void test_lines_fit(void **state)
{
	(void)state;
	static const size_t widths[] = {40, 60, 80, 100};
	for (size_t n = 0; n < COUNT(widths); n++) {
		AUTO(str) struct str text = {0};
		screen_wrap(&text, "Words of all kinds that are wrapped at the width, and in no case beyond it, "
				   "ever.\n\nThe second paragraph  stands\nalone.",
			    4, widths[n]);
		size_t column = 4;
		for (const char *c = text.data; *c; c++) {
			column = *c == '\n' ? 0 : column + 1;
			assert_true(column <= widths[n]);
		}
		assert_non_null(strstr(text.data, ".\n\n    The second"));
		assert_null(strstr(text.data, " \n    The"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_examples_come_before_options),
		cmocka_unit_test(test_root_and_group),
		cmocka_unit_test(test_a_line_that_fits_exactly),
		cmocka_unit_test(test_lines_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
