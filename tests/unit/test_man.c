/* Man pages in mdoc, and the text that must not be taken for one of its requests. */
#include "sample.h"

#include "cli/man_text.h"

static void test_group_page(void **state)
{
	(void)state;
	AUTO(str) struct str page = {0};
	man_write(&page, &sample_user, "user");
	static const char *const parts[] = {
		".Dt OWCTL-USER 1\n.Os\n.Sh NAME\n.Nm owctl-user\n.Nd \"accounts\"\n.Sh SYNOPSIS\n",
		".Sh SYNOPSIS\n.Nm owctl\nuser list [OPTION].. EMAIL [GROUP..]\n.Nm owctl\nuser create \\-\\-name NAME",
		".Ss \"owctl user list\"\nLists accounts.\nEach has a role.\n.Pp\nMore about it.\n",
		".It Ar \"EMAIL\"\nMail address.\n",
		".It Fl r , Fl \\-role Ar ROLE\nOf this role (pending, user, admin; default user).\n",
		".It Cm \"seen_at\"\nWhen it was last seen (time, may be null).\n",
		"Exit status: 0, 1, 64, 65, 78, 130, 141; see\n.Xr owctl 1 .\n",
		".Sh EXAMPLES\nThe administrators:\n.Dl \"owctl user list a@example.org \\-\\-role admin\"\n",
		".Fl \\-dry-run ,",
	};
	for (size_t i = 0; i < COUNT(parts); i++)
		if (!strstr(page.data, parts[i]))
			fail_msg("not in the page: %s\n%s", parts[i], page.data);
}

static void test_root_page(void **state)
{
	(void)state;
	AUTO(str) struct str page = {0};
	man_write(&page, &sample_root, "");
	assert_non_null(strstr(page.data, ".It Cm \"user\"\nAccounts.\nSee\n.Xr owctl-user 1 .\n"));
	assert_non_null(strstr(page.data, ".It Fl \\-database Ar URL|PATH\n"));
	assert_non_null(strstr(page.data, ".It Ev \"DATABASE_URL\"\n"));
	assert_non_null(strstr(page.data, "DATABASE_PASSWORD_FILE names a"));
	assert_null(strstr(page.data, "DATA_DIR_FILE"));
	assert_non_null(strstr(page.data, ".It Cm \"sqlite:////srv/open-webui/webui.db\"\n"));
	assert_non_null(strstr(page.data, ".It 64\nThe command line is wrong (usage).\n"));
	assert_non_null(strstr(page.data, ".Xr owctl-status 1 ,\n.Xr owctl-user 1 ,\n.Xr owctl-backup-format 5 ,\n"));
}

static void test_escapes(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	man_text(&text, ".so nothing here. 'it' is a \\ and \"quoted\" ~ `so`; well-known --yes.\n\nNext. One() (is).");
	assert_string_equal(text.data,
			    "\\&.so nothing here.\n\\(aqit\\(aq is a \\e and \\(dqquoted\\(dq \\(ti \\(gaso\\(ga; "
			    "well-known \\-\\-yes.\n.Pp\nNext.\nOne\\&() (is).\n");
}

static void test_literals_stand_as_they_are(void **state)
{
	(void)state;
	static const struct {
		const char *clause, *sentence;
	} cases[] = {
		{"of this role", "Of this role.\n"},
		{"don't ask", "Don\\(aqt ask.\n"},
		{"owctl itself", "owctl itself.\n"},
		{"`created` or `exists`", "\\(gacreated\\(ga or \\(gaexists\\(ga.\n"},
		{"config.yaml in the folder", "config.yaml in the folder.\n"},
		{"webui_db", "webui_db.\n"},
		{"json2 output", "json2 output.\n"},
		{"--yes is needed", "\\-\\-yes is needed.\n"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(str) struct str text = {0};
		man_sentence(&text, cases[i].clause);
		assert_string_equal(text.data, cases[i].sentence);
	}
}

static void test_wrapped_line_is_no_request(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	man_text(&text, "The/last/word/of/this/begins/with/a/full/stop/and/finds/no/place/on/its/line .profile");
	assert_non_null(strstr(text.data, "\n\\&.profile\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_page),
		cmocka_unit_test(test_root_page),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_literals_stand_as_they_are),
		cmocka_unit_test(test_wrapped_line_is_no_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
