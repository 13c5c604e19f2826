/* Secrets in what a server says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hide.h"
#include "base/memory.h"

static const struct {
	const char *text, *shown;
} cases[] = {
	{"", ""},
	{"nothing in it", "nothing in it"},
	{"correct horse", "***"},
	{"\"correct horse\" and correct horses", "\"***\" and ***s"},
	{"correct horse battery staple", "*** staple"}, /* the longest of those that begin there */
	{"correct hors", "correct hors"},
	{"a password: a, 'a' and _a", "*** password: ***, '***' and _a"},
	{"\xc3\xa4" "a", "\xc3\xa4" "a"},
	{"xpinxtrue1", "xpinx***1"}, /* three letters may be a part of any word, four are a secret */
};

static void test_text_without(void **state)
{
	(void)state;
	AUTO(secrets) struct strings secrets = {0}, none = {0};
	strings_add(&secrets, "correct horse battery");
	strings_add(&secrets, "correct horse");
	strings_add(&secrets, "true");
	strings_add(&secrets, "pin");
	strings_add(&secrets, "");
	strings_add(&secrets, "a");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(memory) char *shown = text_without(cases[i].text, &secrets);
		AUTO(memory) char *same = text_without(cases[i].text, &none);
		assert_string_equal(shown, cases[i].shown);
		assert_string_equal(same, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_text_without)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
