/* Documents that name one account and are to name another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "provision/merge_parts.h"

#define CLEAN __attribute__((unused)) void **state

static const struct {
	const char *before, *after; /* NULL: it is left alone */
	bool is_list;
} cases[] = {
	{"{\"user_id\":\"a\",\"id\":\"a\"}", "{\"user_id\": \"b\", \"id\": \"a\"}", false},
	{"{\"user_id\":\"\\u0061\"}", "{\"user_id\": \"b\"}", false},
	{"{\"user_\\u0069d\":\"a\"}", "{\"user_id\": \"b\"}", false},
	{"[{\"x\":[{\"principal_id\":\"a\"}]},1e5]", "[{\"x\": [{\"principal_id\": \"b\"}]}, 100000.0]", false},
	{"{\"user\":{\"n\":1,\"id\":\"a\"}}", "{\"user\": {\"n\": 1, \"id\": \"b\"}}", false},
	{"{\"user\":{\"id\":{\"user_id\":\"a\"}}}", "{\"user\": {\"id\": {\"user_id\": \"b\"}}}", false},
	{"{\"read\":{\"user_ids\":[\"x\",\"a\"]}}", "{\"read\": {\"user_ids\": [\"x\", \"b\"]}}", false},
	{"{\"user_ids\":[\"b\",\"x\",\"a\",\"a\"]}", "{\"user_ids\": [\"b\", \"x\"]}", false},
	{"{\"user_ids\":[\"a\",\"x\",\"b\"]}", "{\"user_ids\": [\"b\", \"x\"]}", false},
	{"{\"user_ids\":[[\"a\"],{\"user_id\":\"a\"}]}", "{\"user_ids\": [[\"a\"], {\"user_id\": \"b\"}]}", false},
	{"{\"user_id\":\"aa\",\"a\":\"a\"}", NULL, false},
	{"{\"user_id\":[\"a\"],\"user\":\"a\"}", NULL, false},
	{"[\"a\"]", NULL, false},
	{"\"a\"", NULL, false},
	{"{\"user_ids\":\"a\"}", NULL, false},
	{"{\"user_id\":\"a\"", NULL, false},
	{"", NULL, false},
	{"[\"a\"]", "[\"b\"]", true},
	{"[\"x\",\"a\",\"b\"]", "[\"x\", \"b\"]", true},
	{"\"[\\\"a\\\"]\"", "\"[\\\"b\\\"]\"", true},
	{"[\"x\"]", NULL, true},
	{"\"a\"", NULL, true},
	{"null", NULL, true},
};

static void test_documents(CLEAN)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(str) struct str out = {0};
		const char *before = cases[i].before;
		assert_int_equal(merge_json(before, strlen(before), "a", "b", cases[i].is_list, &out),
				 cases[i].after != NULL);
		assert_string_equal(str_text(&out), cases[i].after ? cases[i].after : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_documents)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
