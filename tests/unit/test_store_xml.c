/* XML as S3 and Azure answer it, and what it must not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/str.h"
#include "store/xml.h"

#define CLEAN __attribute__((unused)) void **state

static fallible note(void *state, const char *path, const char *text)
{
	str_add_format(state, "%s=%s;", path, text);
	return NULL;
}

static fallible stop(void *state, const char *path, const char *text)
{
	(void)text;
	++*(int *)state;
	return error_new(ERR_NO, "enough of %s", path);
}

static void test_elements_are_told_with_their_paths_attributes_and_texts(CLEAN)
{
	static const char text[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns='u' x='1'><b>1 &lt;&amp; 2</b>"
				   "<c> <d y='&amp;'/>&#228;<![CDATA[<>]]></c></a>\n";
	AUTO(str) struct str told = {0};
	assert_null(store_xml_read(text, sizeof text - 1, note, &told));
	assert_string_equal(str_text(&told),
			    "/a/@xmlns=u;/a/@x=1;/a/b=1 <& 2;/a/c/d/@y=&;/a/c/d=;/a/c= \xc3\xa4<>;/a=;");
}

static void test_an_error_of_the_caller_ends_it(CLEAN)
{
	int calls = 0;
	AUTO(error) struct error *error = store_xml_read("<a><b/><b/></a>", 15, stop, &calls);
	assert_string_equal(error->message, "enough of /a/b");
	assert_int_equal(calls, 1);
	AUTO(error) struct error *other = store_xml_read("<a b='1' c='2'/>", 16, stop, &calls);
	assert_string_equal(other->message, "enough of /a/@b");
	assert_int_equal(calls, 2);
}

#define FOUR_TIMES(text) text text text text
#define DEEP(text) FOUR_TIMES(FOUR_TIMES(text))
static const char *const bad[] = {
	"",
	"not XML",
	"<a>",
	"<a></b>",
	"<a/><a/>",
	"<a>\xff</a>",
	"<a>&none;</a>",
	"<!DOCTYPE a><a/>",
	"<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;&x;\">]><a>&z;</a>",
	"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
	"<1><1><1>",
	DEEP("<a>") "<a/>" DEEP("</a>"),
};

static void test_what_is_no_plain_xml_is_refused(CLEAN)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(str) struct str told = {0};
		AUTO(error) struct error *error = store_xml_read(bad[i], strlen(bad[i]), note, &told);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_INPUT);
		assert_null(strstr(str_text(&told), "root:"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements_are_told_with_their_paths_attributes_and_texts),
		cmocka_unit_test(test_an_error_of_the_caller_ends_it),
		cmocka_unit_test(test_what_is_no_plain_xml_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
