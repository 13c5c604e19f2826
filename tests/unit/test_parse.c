/* The command line parser: what is taken, and with which words the rest is refused. */
#include "sample.h"

static struct invocation good(const char *text)
{
	struct error *error;
	struct invocation invocation = parse_text(text, &error);
	if (error) {
		AUTO(memory) char *why = error_text(error);
		fail_msg("'%s' was refused: %s", text, why);
	}
	return invocation;
}

static void test_types(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i =
		good("user list -a --no-wait --role=admin --name x --tag a -tb -t c --roles user,admin --roles "
		     "pending,user --limit 7 --level -3 --age 15m --since 1970-01-02 a@b g1 g2");
	const struct sample *values = i.values;
	assert_ptr_equal(i.command, &sample_list);
	assert_string_equal(i.path, "user list");
	assert_true(values->all);
	assert_false(values->wait);
	assert_string_equal(values->role, "admin");
	assert_string_equal(values->name, "x");
	assert_int_equal(values->tags.count, 3);
	assert_string_equal(values->tags.items[1], "b");
	assert_int_equal(values->roles.count, 3);
	assert_string_equal(values->roles.items[2], "pending");
	assert_int_equal(values->limit, 7);
	assert_int_equal(values->level, -3);
	assert_int_equal(values->age, 900);
	assert_int_equal(values->since, 86400);
	assert_string_equal(values->email, "a@b");
	assert_int_equal(values->groups.count, 2);
	assert_string_equal(values->groups.items[1], "g2");
}

static void test_fallbacks(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("user list a@b");
	const struct sample *values = i.values;
	assert_string_equal(values->role, "user");
	assert_int_equal(values->age, 7200);
	assert_null(values->name);
	assert_int_equal(values->tags.count, 0);
	assert_int_equal(values->limit, 0);
	assert_null(i.globals.format); /* the command's own, then */
	assert_string_equal(i.globals.log_format, "text");
	assert_int_equal(i.globals.timeout, 10);
}

static void test_globals_anywhere(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("-vo json user -v list --columns=a,b -nqy a@b -v --timeout 2m");
	assert_int_equal(i.globals.verbose, 3);
	assert_string_equal(i.globals.format, "json");
	assert_true(i.globals.dry_run && i.globals.quiet && i.globals.yes);
	assert_int_equal(i.globals.columns.count, 1);
	assert_int_equal(i.globals.timeout, 120);
}

static void test_bundles_with_values(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("user list -aradmin x@y");
	const struct sample *values = i.values;
	assert_true(values->all);
	assert_string_equal(values->role, "admin");
}

static void test_end_of_options(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("user list -- --role - --");
	const struct sample *values = i.values;
	assert_string_equal(values->email, "--role");
	assert_string_equal(values->groups.items[0], "-");
	assert_string_equal(values->groups.items[1], "--");
	assert_string_equal(values->role, "user");
}

static void test_values_that_look_odd(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("user list --name=--role --tag - --tag= --tag -x a=b");
	const struct sample *values = i.values;
	assert_string_equal(values->name, "--role");
	assert_string_equal(values->tags.items[0], "-");
	assert_string_equal(values->tags.items[1], "");
	assert_string_equal(values->tags.items[2], "-x");
	assert_string_equal(values->email, "a=b");
}

static void test_a_path_may_be_any_bytes(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("user list x --env-file a\xff --columns id,\tname");
	assert_string_equal(i.globals.env_file, "a\xff");
}

static void test_negatable(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation i = good("user list --no-wait --wait x");
	assert_true(((const struct sample *)i.values)->wait);
}

static void test_bounds_belong_to_the_range(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation low = good("user list --level -5 --limit 0 x");
	assert_int_equal(((const struct sample *)low.values)->level, -5);
	AUTO(invocation) struct invocation high = good("user list --level 9 --limit 9223372036854775807 x");
	assert_int_equal(((const struct sample *)high.values)->level, 9);
	assert_true(((const struct sample *)high.values)->limit == INT64_MAX);
}

static void test_repeated_arguments(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation one = good("user remove g a");
	assert_int_equal(((const struct sample *)one.values)->groups.count, 1);
	AUTO(invocation) struct invocation two = good("user remove g a b");
	assert_int_equal(((const struct sample *)two.values)->groups.count, 2);
}

static void test_help_in_every_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *path;
	} cases[] = {
		{"--help", ""},           {"-h", ""},                {"-help", ""},
		{"help", ""},             {"user --help", "user"},   {"--help user list", "user list"},
		{"user help", "user"},    {"user list -h", "user list"}, {"help user list", "user list"},
		{"user help list", "user list"}, {"status help", "status"}, {"user create -h --name x", "user create"},
	};
	for (size_t n = 0; n < COUNT(cases); n++) {
		AUTO(invocation) struct invocation i = good(cases[n].text);
		assert_true(i.help);
		assert_string_equal(i.path, cases[n].path);
	}
	/* Where an argument is expected, `help` is one. */
	AUTO(invocation) struct invocation i = good("user list help");
	assert_false(i.help);
	assert_string_equal(((const struct sample *)i.values)->email, "help");
}

static void test_incomplete(void **state)
{
	(void)state;
	AUTO(invocation) struct invocation user = good("user");
	assert_true(user.incomplete);
	assert_ptr_equal(user.command, &sample_user);
	AUTO(invocation) struct invocation nothing = good("");
	assert_true(nothing.incomplete);
	AUTO(invocation) struct invocation version = good("--version");
	assert_true(version.globals.version);
}

/* Every refusal: the words, the message, the hint. */
static const struct refusal {
	const char *text, *message, *hint;
} refusals[] = {
	{"usr", "there is no command 'usr'", "did you mean 'owctl user'?"},
	{"users", "there is no command 'users'", "did you mean 'owctl user'?"},
	{"users list", "there is no command 'users'", "did you mean 'owctl user list'?"},
	{"list users", "there is no command 'list'", "did you mean 'owctl user list'?"},
	{"create user x", "there is no command 'create'", "did you mean 'owctl user create'?"},
	{"add user x", "there is no command 'add'", "did you mean 'owctl user create'?"},
	{"list", "there is no command 'list'", "did you mean 'owctl user list'?"},
	{"frobnicate", "there is no command 'frobnicate'", "'owctl --help' shows the commands"},
	{"user ls", "'owctl user' has no command 'ls'", "did you mean 'owctl user list'?"},
	{"user lsit", "'owctl user' has no command 'lsit'", "did you mean 'owctl user list'?"},
	{"user zzz", "'owctl user' has no command 'zzz'", "'owctl user --help' shows the commands"},
	{"user list x --rol admin", "unknown option '--rol'", "did you mean --role?"},
	{"user list x --rol=geheim", "unknown option '--rol'", "did you mean --role?"},
	{"user list x --json", "unknown option '--json'", "did you mean --output json?"},
	{"user list x -pTopSecret1", "unknown option '-p'", NULL},
	{"postgresql://u:TopSecret@h/db", "there is no command 'postgresql://u:***@h/db'", NULL},
	{"status url=postgresql://u:TopSecret@h/db",
	 "'owctl status' takes no arguments; got 'url=postgresql://u:***@h/db'", NULL},
	{"user list x --role postgresql://u:TopSecret@h/db",
	 "--role must be one of pending, user, admin, not 'postgresql://u:***@h/db'", NULL},
	{"user list x -role", "unknown option '-role'", "did you mean --role?"},
	{"user list x --no-all", "unknown option '--no-all'", NULL},
	{"user list x -Z", "unknown option '-Z'", "'owctl user list --help' shows the options"},
	{"--role admin user list x", "unknown option '--role'", NULL},
	{"user list x --role", "--role needs a value",
	 "--role ROLE: of this role (pending, user, admin; default user)"},
	{"user list x -r", "-r needs a value", NULL},
	{"user list x --name --all", "--name needs a value, and the option '--all' follows",
	 "if that is the value, join the two with '='"},
	{"user list x --all=yes", "--all takes no value", "write --all alone"},
	{"user list x --no-wait=yes", "--no-wait takes no value", NULL},
	{"user list x --role admni", "--role must be one of pending, user, admin, not 'admni'", "did you mean admin?"},
	{"user list x -r zzz", "-r must be one of pending, user, admin, not 'zzz'", "as in -r pending"},
	{"user list x --roles user,zzz", "--roles must be one of pending, user, admin, not 'zzz'", NULL},
	{"user list x --roles=,", "--roles has an empty value",
	 "leave the option out; is it a shell variable that is not set?"},
	{"user list x --roles user,", "--roles has an empty value", NULL},
	{"user list x --roles=,user", "--roles has an empty value", NULL},
	{"user list x --name=", "--name has an empty value", NULL},
	{"user list x --columns=", "--columns has an empty value", NULL},
	{"user list x --columns email,", "--columns has an empty value", NULL},
	{"user list x --columns email,,id", "--columns has an empty value", NULL},
	{"user list x --database=", "--database has an empty value", NULL},
	{"user list x --timeout 0", "--timeout must be a duration of 1s at least, not '0'", "as in --timeout 90s"},
	{"user list x --name a\xff", "the value of --name is not UTF-8",
	 "convert it, as with `iconv -f ISO-8859-1 -t UTF-8`, or set the terminal to UTF-8"},
	{"user list x\xff", "EMAIL is not UTF-8: 'x\\xff'", NULL},
	{"user create -- a --password-stdin",
	 "unexpected argument: behind '--' everything is one, also what begins with a dash",
	 "put options in front of '--'; 'owctl user create --help' shows how it is used"},
	{"user list x --limit -1", "--limit must be a whole number from 0 up, not '-1'", "as in --limit 100"},
	{"user list x --limit 1x", "--limit must be a whole number from 0 up, not '1x'", NULL},
	{"user list x --limit=", "--limit must be a whole number from 0 up, not ''", NULL},
	{"user list x --limit +1", "--limit must be a whole number from 0 up, not '+1'", NULL},
	{"user list x --limit 9223372036854775808",
	 "--limit must be a whole number from 0 up, not '9223372036854775808'", NULL},
	{"user list x --level 10", "--level must be a whole number from -5 to 9, not '10'", "as in --level 9"},
	{"user list x --level -6", "--level must be a whole number from -5 to 9, not '-6'", NULL},
	{"user list x --age soon", "--age must be a duration such as 90s, 15m, 2h, 7d or 4w, not 'soon'",
	 "as in --age 90s"},
	{"user list x --since 2026-02-30",
	 "--since must be a date such as 2026-11-24, a time such as 2026-11-24T10:49:41Z or an age such as 7d, "
	 "not '2026-02-30'",
	 "as in --since 7d for seven days ago; an age may end in s, m, h, d or w"},
	{"user list x --since 7",
	 "--since must be a date such as 2026-11-24, a time such as 2026-11-24T10:49:41Z or an age such as 7d, "
	 "not '7'",
	 NULL},
	{"user list x --since d",
	 "--since must be a date such as 2026-11-24, a time such as 2026-11-24T10:49:41Z or an age such as 7d, "
	 "not 'd'",
	 NULL},
	{"user list x --name a --name a", "--name is given twice", "leave one of them out"},
	{"--database a --database b user", "--database is given twice", NULL},
	{"user list", "EMAIL is missing: mail address", "'owctl user list --help' shows how it is used"},
	{"user remove", "GROUP is missing: the group", NULL},
	{"user remove g", "USER is missing: who leaves it", NULL},
	{"user create x", "--name is missing: full name", "'owctl user create --help' shows how it is used"},
	{"status x", "'owctl status' takes no arguments; got 'x'", "'owctl status --help' shows how it is used"},
	{"user create a b", "unexpected argument: a password is never given as an argument: other users of this "
			    "machine could read it in the list of processes",
	 "use --password-stdin or --password-file FILE"},
	{"user create a --password geheim", "a password is never given as an argument: other users of this machine "
					    "could read it in the list of processes",
	 "use --password-stdin or --password-file FILE"},
	{"user create a --password=geheim", "a password is never given as an argument: other users of this machine "
					    "could read it in the list of processes",
	 "use --password-stdin or --password-file FILE"},
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t n = 0; n < COUNT(refusals); n++) {
		AUTO(error) struct error *error;
		AUTO(invocation) struct invocation i UNUSED = parse_text(refusals[n].text, &error);
		if (!error)
			fail_msg("'%s' was taken", refusals[n].text);
		AUTO(memory) char *message = error_text(error);
		assert_string_equal(message, refusals[n].message);
		assert_int_equal(error->code, ERR_USAGE);
		if (!error_hint_text(error))
			fail_msg("'%s' is refused without a hint", refusals[n].text);
		if (refusals[n].hint)
			assert_string_equal(error_hint_text(error), refusals[n].hint);
	}
}

static void refuse_words(int count, char *const *words, const char *expected)
{
	AUTO(invocation) struct invocation invocation;
	AUTO(error) struct error *error = parse_command_line(&sample_root, count, words, &invocation);
	assert_non_null(error);
	assert_string_equal(error->message, expected);
	assert_true(!error_hint_text(error) || strlen(error_hint_text(error)) < 300);
}

static void test_strange_words(void **state)
{
	(void)state;
	AUTO(memory) char *huge = mem_new(1 << 20, 1);
	memset(huge, 'x', (1 << 20) - 1);
	refuse_words(1, (char *[]){huge},
		     "there is no command 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..'");
	huge[0] = huge[1] = '-';
	refuse_words(1, (char *[]){huge},
		     "unknown option '--xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..'");
	char control[] = "\x1b[2J\xff", letter[] = "-\x1b";
	refuse_words(1, (char *[]){control}, "there is no command '\\x1b[2J\\xff'");
	refuse_words(1, (char *[]){letter}, "unknown option '-\\x1b'");
	char empty[] = "";
	refuse_words(1, (char *[]){empty}, "there is no command ''");
	char user[] = "user", list[] = "list";
	refuse_words(3, (char *[]){user, list, empty}, "EMAIL has an empty value");
	/* The cut is not in the middle of a character: 58 letters, and then one of three bytes. */
	char wide[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xe2\x82\xac\xe2\x82\xac";
	refuse_words(1, (char *[]){wide},
		     "there is no command 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..'");
}

static void test_globals_survive_a_refusal(void **state)
{
	(void)state;
	AUTO(error) struct error *error;
	AUTO(invocation) struct invocation i = parse_text("-o json user lsit", &error);
	assert_non_null(error);
	assert_string_equal(i.globals.format, "json");
	assert_string_equal(i.globals.log_format, "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_fallbacks),
		cmocka_unit_test(test_globals_anywhere),
		cmocka_unit_test(test_bundles_with_values),
		cmocka_unit_test(test_end_of_options),
		cmocka_unit_test(test_values_that_look_odd),
		cmocka_unit_test(test_a_path_may_be_any_bytes),
		cmocka_unit_test(test_negatable),
		cmocka_unit_test(test_bounds_belong_to_the_range),
		cmocka_unit_test(test_repeated_arguments),
		cmocka_unit_test(test_help_in_every_place),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_strange_words),
		cmocka_unit_test(test_globals_survive_a_refusal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
