/* Documents in memory: written as Python's json.dumps writes what json.loads read, and changed member by member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_tree.h"
#include "base/memory.h"

#define CLEAN __attribute__((unused)) void **state

static char *written(const struct json_node *node)
{
	struct str out = {0};
	json_tree_write(node, &out);
	return str_take(&out);
}

static void parse(struct json_tree *tree, const char *text)
{
	AUTO(error) struct error *error = json_tree_parse(tree, text, strlen(text));
	assert_null(error);
}

/* What `json.dumps(json.loads(text))` of Python 3.11 is. */
static const struct {
	const char *text, *python;
} texts[] = {
	{"{}", "{}"},
	{"[]", "[]"},
	{"\"\"", "\"\""},
	{" [ ] ", "[]"},
	{"{\"b\":1,\"a\":[true,false,null,{}]}", "{\"b\": 1, \"a\": [true, false, null, {}]}"},
	{"[[[]],{\"x\":{\"y\":[]}}]", "[[[]], {\"x\": {\"y\": []}}]"},
	{"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\": 3, \"b\": 2}"},
	{"{\"a\":1,\"\\u0061\":[2,{\"a\":1,\"a\":2}],\"b\":0,\"b\":{\"c\":1}}",
	 "{\"a\": [2, {\"a\": 2}], \"b\": {\"c\": 1}}"},
	{"{\"\":0,\"a\":1,\"\":2,\"a\":3,\"\":4}", "{\"\": 4, \"a\": 3}"},
	{"{\"a\\u0000\":1,\"a\":2}", "{\"a\\u0000\": 1, \"a\": 2}"},
	{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\\u0041\\u007f\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001fA\\u007f\""},
	{"\"\x7f~ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf\"",
	 "\"\\u007f~ \\u00e9 \\u20ac \\ud83d\\ude00 \\uffff \\udbff\\udfff\""},
	{"\"\\uD83D\\uDE00 \\uD83D \\uDE00 \\uDe00\\ud83d \\ud83d\\ud83d\\ude00\"",
	 "\"\\ud83d\\ude00 \\ud83d \\ude00 \\ude00\\ud83d \\ud83d\\ud83d\\ude00\""},
	{"{\"\xc3\xa9\\n\\\"\":\"<\\/script>\"}", "{\"\\u00e9\\n\\\"\": \"</script>\"}"},
	{"[NaN,Infinity,-Infinity]", "[NaN, Infinity, -Infinity]"},
	{"[0,-0,7,-12,123456789012345678901234567890]", "[0, 0, 7, -12, 123456789012345678901234567890]"},
	{"[0.0,-0.0,0e5,-0E-3,1e-400,-1e-400,1E400,-1e400]",
	 "[0.0, -0.0, 0.0, -0.0, 0.0, -0.0, Infinity, -Infinity]"},
	{"[1e5,1.0,1.50,100.0,1E+2,12e-3,0.1]", "[100000.0, 1.0, 1.5, 100.0, 100.0, 0.012, 0.1]"},
	{"[0.30000000000000004,3.141592653589793238462643,-2.5]", "[0.30000000000000004, 3.141592653589793, -2.5]"},
	{"[1e15,1e16,9999999999999998.0,123456789012345680.0,1.5e300]",
	 "[1000000000000000.0, 1e+16, 9999999999999998.0, 1.2345678901234568e+17, 1.5e+300]"},
	{"[0.0001,0.00001,0.000123,1.5e-7]", "[0.0001, 1e-05, 0.000123, 1.5e-07]"},
	{"[5e-324,2.5e-324,1e-323,-2.5e-310]", "[5e-324, 5e-324, 1e-323, -2.5e-310]"},
	{"[2.2250738585072014e-308,2.225073858507201e-308]", "[2.2250738585072014e-308, 2.225073858507201e-308]"},
	{"[1.7976931348623157e308,1.7976931348623159e308]", "[1.7976931348623157e+308, Infinity]"},
	{"[5.6843418860808015e-14,9007199254740993.0,562949953421312.25]",
	 "[5.684341886080802e-14, 9007199254740992.0, 562949953421312.2]"},
	{"[2e-44,9.5367431640625e-7,1e22,1e23]", "[2e-44, 9.5367431640625e-07, 1e+22, 1e+23]"},
};

static void written_as_python_does(CLEAN)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		AUTO(json_tree) struct json_tree tree = {0};
		parse(&tree, texts[i].text);
		AUTO(memory) char *once = written(tree.root);
		assert_string_equal(once, texts[i].python);

		AUTO(json_tree) struct json_tree again = {0};
		parse(&again, once);
		AUTO(memory) char *twice = written(again.root);
		assert_string_equal(twice, once);
	}
}

static void what_is_no_json_is_refused(CLEAN)
{
	static const char *const bad[] = {"", "[", "{\"a\":[1,{\"b\":2}", "[1] 2", "{\"a\":1,\"a\":}", "\"\xff\""};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct json_tree tree = {0};
		AUTO(error) struct error *error = json_tree_parse(&tree, bad[i], strlen(bad[i]));
		assert_non_null(error);
		assert_int_equal(error->code, ERR_INPUT);
		assert_null(tree.root);
		assert_null(tree.blocks);
	}
}

static void members_are_found_by_what_their_key_means(CLEAN)
{
	AUTO(json_tree) struct json_tree tree = {0};
	parse(&tree, "{\"inf\\u006f\":{\"n\\u00e4me\":\"x\"},\"a\\u0000b\":1,\"list\":[1],\"\":null}");
	const struct json_node *info = json_tree_find(tree.root, "info");
	assert_true(json_tree_is(info, JSON_KIND_OBJECT));
	assert_true(json_tree_is(json_tree_find(info, "n\xc3\xa4me"), JSON_KIND_STRING));
	assert_ptr_equal(json_tree_find(info, "n\xc3\xa4me"), info->first);
	assert_true(json_tree_is(json_tree_find(tree.root, ""), JSON_KIND_NULL));
	assert_false(json_tree_is(json_tree_find(tree.root, "list"), JSON_KIND_OBJECT));
	assert_null(json_tree_find(tree.root, "a"));
	assert_null(json_tree_find(json_tree_find(tree.root, "list"), "1"));
	assert_null(json_tree_find(json_tree_find(tree.root, "none"), "name"));
	assert_false(json_tree_is(NULL, JSON_KIND_NULL));
}

static void strings_mean(CLEAN)
{
	static const struct {
		const char *text, *meant;
		size_t size;
	} strings[] = {
		{"\"\"", "", 0},
		{"\"plain\"", "plain", 5},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8},
		{"\"a\\u0000b\"", "a\0b", 3},
		{"\"\\u00E9\\u20ac\xc3\xa9\"", "\xc3\xa9\xe2\x82\xac\xc3\xa9", 7},
		{"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4},
		{"\"\\ud83d\"", "\xed\xa0\xbd", 3},
		{"\"\\ude00\\ud83dx\"", "\xed\xb8\x80\xed\xa0\xbdx", 7},
		{"\"\\ud83d\\ud83d\\ude00\"", "\xed\xa0\xbd\xf0\x9f\x98\x80", 7},
		{"\"\\ud83d\\\\ude00\"", "\xed\xa0\xbd\\ude00", 9},
	};
	for (size_t i = 0; i < COUNT(strings); i++) {
		AUTO(json_tree) struct json_tree tree = {0};
		AUTO(str) struct str meant = {0};
		parse(&tree, strings[i].text);
		assert_true(json_tree_string(tree.root, &meant));
		assert_int_equal(meant.size, strings[i].size);
		assert_memory_equal(str_text(&meant), strings[i].meant, meant.size);
	}
	AUTO(json_tree) struct json_tree number = {0};
	AUTO(str) struct str meant = {0};
	parse(&number, "7");
	assert_false(json_tree_string(number.root, &meant));
	assert_false(json_tree_string(NULL, &meant));
}

static void any_bytes_make_a_string(CLEAN)
{
	AUTO(str) struct str out = {0};
	json_add_string(&out, "a\0\x7f\"\xc3\xa9\xf0\x9f\x98\x80\xed\xa0\xbd", 13);
	json_add_string(&out, "\xff" "a\xc3\xed\xa0", 5);
	json_add_string(&out, NULL, 0);
	assert_string_equal(str_text(&out), "\"a\\u0000\\u007f\\\"\\u00e9\\ud83d\\ude00\\ud83d\""
					    "\"\\ufffda\\ufffd\\ufffd\\ufffd\""
					    "\"\"");
}

static void check_written(const struct json_node *node, const char *expected)
{
	AUTO(memory) char *text = written(node);
	assert_string_equal(text, expected);
}

static void members_change(CLEAN)
{
	AUTO(json_tree) struct json_tree tree = {0};
	parse(&tree, "{\"a\":1,\"b\":{\"x\":[1,2]},\"c\":3}");
	struct json_node *root = tree.root;
	assert_null(json_tree_set(&tree, root, "b", " [ \"\\u00e9\" , {} ] "));
	check_written(root, "{\"a\": 1, \"b\": [\"\\u00e9\", {}], \"c\": 3}");
	assert_null(json_tree_set(&tree, root, "d\xc3\xa9\"", "12"));
	assert_null(json_tree_set(&tree, root, "c", "{\"y\":0,\"y\":1}"));
	assert_null(json_tree_set(&tree, json_tree_find(root, "c"), "z", "null"));
	check_written(root, "{\"a\": 1, \"b\": [\"\\u00e9\", {}], \"c\": {\"y\": 1, \"z\": null}, "
			    "\"d\\u00e9\\\"\": 12}");
	check_written(json_tree_find(root, "c"), "{\"y\": 1, \"z\": null}");

	AUTO(error) struct error *error = json_tree_set(&tree, root, "a", "[1");
	assert_int_equal(error->code, ERR_INPUT);
	assert_true(json_tree_remove(root, "b"));
	assert_false(json_tree_remove(root, "b"));
	check_written(root, "{\"a\": 1, \"c\": {\"y\": 1, \"z\": null}, \"d\\u00e9\\\"\": 12}");
	assert_true(json_tree_remove(root, "d\xc3\xa9\""));
	assert_true(json_tree_remove(root, "a"));
	assert_true(json_tree_remove(root, "c"));
	check_written(root, "{}");
	assert_null(json_tree_set(&tree, root, "a", "NaN"));
	check_written(root, "{\"a\": NaN}");
}

/* Neither the depth of a document nor its many keys cost more than their size. */
static void deep_and_wide(CLEAN)
{
	AUTO(str) struct str text = {0};
	AUTO(json_tree) struct json_tree deep = {0};
	for (int i = 0; i < JSON_SCAN_DEPTH; i++)
		str_add_char(&text, '[');
	for (int i = 0; i < JSON_SCAN_DEPTH; i++)
		str_add_char(&text, ']');
	parse(&deep, text.data);
	check_written(deep.root, text.data);

	AUTO(json_tree) struct json_tree wide = {0};
	str_clear(&text);
	for (int i = 0; i < 100000; i++)
		str_add_format(&text, "%c\"%d\":%d", i ? ',' : '{', i % 50000, i);
	str_add_char(&text, '}');
	parse(&wide, text.data);
	assert_memory_equal(wide.root->first->text, "50000", 5);
	assert_memory_equal(wide.root->last->text, "99999", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_as_python_does),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(members_are_found_by_what_their_key_means),
		cmocka_unit_test(strings_mean),
		cmocka_unit_test(any_bytes_make_a_string),
		cmocka_unit_test(members_change),
		cmocka_unit_test(deep_and_wide),
	};
	return cmocka_run_group_tests_name("json_tree", tests, NULL, NULL);
}
