/* Words for a shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/shell.h"

static const struct {
	const char *text, *word;
} cases[] = {
	{"/etc/owctl/config.yaml", "/etc/owctl/config.yaml"},
	{"a@b-c_d.e:1,2+3%4", "a@b-c_d.e:1,2+3%4"},
	{"", "''"},
	{"a b", "'a b'"},
	{"$(x)", "'$(x)'"},
	{"~", "'~'"},
	{"it's", "'it'\\''s'"},
	{"'", "''\\'''"},
	{"\xc3\xa4", "'\xc3\xa4'"},
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(memory) char *word = shell_word(cases[i].text);
		assert_string_equal(word, cases[i].word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
