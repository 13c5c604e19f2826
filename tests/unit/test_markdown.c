/* Documents as man pages: every form that those in docs/ have, and what only looks like one. */
#include "sample.h"

#include "cli/markdown.h"

static void expect(const char *markdown, const char *mdoc)
{
	AUTO(str) struct str page = {0};
	man_markdown(&page, markdown);
	assert_string_equal(str_text(&page), mdoc);
}

static void test_headings_and_paragraphs(void **state)
{
	(void)state;
	expect("# Title\n\nFirst\nparagraph. Two\n sentences.\n\nSecond.\n\n## A section\n\nText.\n\n"
	       "### Below\nMore.\n",
	       "First paragraph.\nTwo sentences.\n.Pp\nSecond.\n.Sh \"A section\"\nText.\n.Ss \"Below\"\nMore.\n");
	expect("", "");
	expect("# Title", "");
	expect("## Last", ".Sh \"Last\"\n");
	expect("No end of the line", "No end of the line\n");
}

static void test_marks(void **state)
{
	(void)state;
	expect("A `--word`, *slot*, **Aborts**.\n", "A \\(ga\\-\\-word\\(ga, \\fIslot\\fP, \\fBAborts\\fP.\n");
	expect("2 * 3 * 4, 5*, `, a ` b, [x], *\n", "2 * 3 * 4, 5*, \\(ga, a \\(ga b, [x], *\n");
	expect("**** and **\n", "**** and **\n");
	expect("`a * b * c` and `x`*y*\n", "\\(gaa * b * c\\(ga and \\(gax\\(ga\\fIy\\fP\n");
	expect("[the page](https://example.org/x-y) and [docs/a.md](docs/a.md)\n",
	       "the page (https://example.org/x-y) and docs/a.md\n");
}

static void test_code(void **state)
{
	(void)state;
	expect("Do:\n\n    $ owctl\n      two\n\n    .profile\n    'quoted' \\\n\nThen.\n",
	       "Do:\n.Bd -literal -offset indent\n$ owctl\n  two\n\n\\&.profile\n\\(aqquoted\\(aq \\e\n.Ed\n"
	       ".Pp\nThen.\n");
}

static void test_lists(void **state)
{
	(void)state;
	expect("Two:\n\n- one\n  goes on\n- two. More\n\n- three\n\n1. first\n12. last\n   of all\n",
	       "Two:\n.Bl -bullet\n.It\none goes on\n.It\ntwo.\nMore\n.It\nthree\n.El\n"
	       ".Bl -enum\n.It\nfirst\n.It\nlast of all\n.El\n");
	expect("1. first\n\nText\n", ".Bl -enum\n.It\nfirst\n.El\n.Pp\nText\n");
	expect("1.5 is no item, nor is -x\n", "1.5 is no item, nor is \\-x\n");
}

static void test_tables(void **state)
{
	(void)state;
	expect("| member | |\n|---|---|\n| `a`, `b` | one. Two |\n| | also |\n",
	       ".Bl -tag -width Ds\n.It Cm \"a, b\"\none.\nTwo\n.Pp\nalso\n.El\n");
	expect("| what | size | of it |\n|---|---|---|\n| x | 1 | |\n",
	       ".Bl -tag -width Ds\n.It Cm \"x\"\n.Bl -tag -width \"of it\" -compact\n.It \"size\"\n1\n.El\n.El\n");
	expect("| only | headings |\n", ".Bl -tag -width Ds\n.El\n");
	expect("|\n", ".Bl -tag -width Ds\n.El\n");
	expect("| a | b |\n|\n| x |\n", ".Bl -tag -width Ds\n.It Cm \"x\"\n.El\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headings_and_paragraphs), cmocka_unit_test(test_marks),
		cmocka_unit_test(test_code), cmocka_unit_test(test_lists), cmocka_unit_test(test_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
