/* The four forms of output, byte for byte. */
#include "sample.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define CLEAN __attribute__((unused)) void **state

struct made {
	char *text;
	size_t size;
};

static void made_cleanup(struct made *made)
{
	free(made->text);
}

static struct output_options options_for(enum output_format format)
{
	return (struct output_options){.format = format};
}

static void put_row(struct output *output, const char *id, const char *info)
{
	static const char *const groups[] = {"Staff", "a, b"};
	output_string(output, id);
	output_integer(output, -42);
	output_boolean(output, true);
	output_time(output, 1795517381);
	output_texts(output, groups, 2);
	output_string(output, info);
	assert_null(output_row(output));
}

static void put_sparse_row(struct output *output, const char *id)
{
	output_string(output, id);
	output_integer(output, INT64_MIN);
	output_boolean(output, false);
	output_null(output);
	output_texts(output, NULL, 0);
	output_null(output);
	assert_null(output_row(output));
}

static struct made write_rows(const struct output_options *options, enum output_shape shape, const char *id, int rows)
{
	struct made made = {0};
	FILE *stream = open_memstream(&made.text, &made.size);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stream, sample_columns, shape, options, &output));
	if (rows > 0)
		put_row(output, id, "{\"a\": [1, 2]}");
	if (rows > 1)
		put_sparse_row(output, "");
	assert_null(output_close(output));
	fclose(stream);
	return made;
}

static void check(struct output_options options, enum output_shape shape, const char *id, int rows,
		  const char *expected)
{
	AUTO(made) struct made made = write_rows(&options, shape, id, rows);
	assert_string_equal(made.text, expected);
}

static void test_csv(CLEAN)
{
	check(options_for(OUTPUT_CSV), SHAPE_LIST, "plain", 2,
	      "id,count,active,seen_at,groups,info\n"
	      "plain,-42,yes,2026-11-24T10:49:41Z,\"Staff;a, b\",\"{\"\"a\"\": [1, 2]}\"\n"
	      "\"\",-9223372036854775808,no,,,\n");
	check(options_for(OUTPUT_CSV), SHAPE_LIST, "two\nlines, \"quoted\"\x1b\xff", 1,
	      "id,count,active,seen_at,groups,info\n"
	      "\"two\nlines, \"\"quoted\"\"\x1b\xff\",-42,yes,2026-11-24T10:49:41Z,"
	      "\"Staff;a, b\",\"{\"\"a\"\": [1, 2]}\"\n");
	check(options_for(OUTPUT_CSV), SHAPE_LIST, " plain", 1,
	      "id,count,active,seen_at,groups,info\n"
	      "\" plain\",-42,yes,2026-11-24T10:49:41Z,\"Staff;a, b\",\"{\"\"a\"\": [1, 2]}\"\n");
	struct output_options options = {.format = OUTPUT_CSV, .no_headings = true, .terminal = true};
	check(options, SHAPE_LIST, "a\nb\x1b[2J\xff", 1,
	      "a\\x0ab\\x1b[2J\\xff,-42,yes,2026-11-24T10:49:41Z,\"Staff;a, b\",\"{\"\"a\"\": [1, 2]}\"\n");
	check(options, SHAPE_LIST, "", 0, "");
}

static void test_json_list(CLEAN)
{
	check(options_for(OUTPUT_JSON), SHAPE_LIST, "plain", 0, "[]\n");
	check(options_for(OUTPUT_JSON), SHAPE_LIST, "plain", 2,
	      "[\n{\"id\":\"plain\",\"count\":-42,\"active\":true,\"seen_at\":\"2026-11-24T10:49:41Z\","
	      "\"groups\":[\"Staff\",\"a, b\"],\"info\":{\"a\":[1,2]}},\n"
	      "{\"id\":\"\",\"count\":-9223372036854775808,\"active\":false,\"seen_at\":null,\"groups\":[],"
	      "\"info\":null}\n]\n");
}

static void test_json_object(CLEAN)
{
	check(options_for(OUTPUT_JSON), SHAPE_OBJECT, "plain", 1,
	      "{\n  \"id\": \"plain\",\n  \"count\": -42,\n  \"active\": true,\n"
	      "  \"seen_at\": \"2026-11-24T10:49:41Z\",\n  \"groups\": [\"Staff\",\"a, b\"],\n"
	      "  \"info\": {\"a\":[1,2]}\n}\n");
}

static void test_yaml(CLEAN)
{
	check(options_for(OUTPUT_YAML), SHAPE_LIST, "plain", 0, "[]\n");
	check(options_for(OUTPUT_YAML), SHAPE_LIST, "plain", 2,
	      "- id: plain\n  count: -42\n  active: true\n  seen_at: \"2026-11-24T10:49:41Z\"\n"
	      "  groups:\n    - Staff\n    - \"a, b\"\n  info: {\"a\":[1,2]}\n"
	      "- id: \"\"\n  count: -9223372036854775808\n  active: false\n  seen_at: null\n"
	      "  groups: []\n  info: null\n");
	check(options_for(OUTPUT_YAML), SHAPE_OBJECT, "Yes", 1,
	      "id: \"Yes\"\ncount: -42\nactive: true\nseen_at: \"2026-11-24T10:49:41Z\"\n"
	      "groups:\n  - Staff\n  - \"a, b\"\ninfo: {\"a\":[1,2]}\n");
}

static void test_table(CLEAN)
{
	check(options_for(OUTPUT_TABLE), SHAPE_LIST, "plain", 2,
	      "ID                    COUNT  ACTIVE  SEEN_AT               GROUPS\n"
	      "plain                   -42  yes     2026-11-24T10:49:41Z  Staff,a, b\n"
	      "       -9223372036854775808  no      -                     -\n");
	check(options_for(OUTPUT_TABLE), SHAPE_LIST, "plain", 0, "ID  COUNT  ACTIVE  SEEN_AT  GROUPS\n");
	struct output_options bare = {.format = OUTPUT_TABLE, .no_headings = true};
	check(bare, SHAPE_LIST, "plain", 0, "");
	check((struct output_options){.format = OUTPUT_TABLE, .quiet = true}, SHAPE_LIST, "plain", 0, "");
	check((struct output_options){.format = OUTPUT_CSV, .quiet = true}, SHAPE_LIST, "plain", 0,
	      "id,count,active,seen_at,groups,info\n");
	/* Wide characters count twice, marks not at all; what could steer the terminal is shown as text. */
	check(bare, SHAPE_LIST, "\xe5\xae\xb6" "e\xcc\x81\x1b", 1,
	      "\xe5\xae\xb6" "e\xcc\x81\\x1b  -42  yes  2026-11-24T10:49:41Z  Staff,a, b\n");
	check(options_for(OUTPUT_TABLE), SHAPE_OBJECT, "a\nb", 1,
	      "id       a\\x0ab\ncount    -42\nactive   yes\nseen_at  2026-11-24T10:49:41Z\ngroups   Staff,a, b\n");
	check(options_for(OUTPUT_TABLE), SHAPE_OBJECT, "", 1,
	      "id\ncount    -42\nactive   yes\nseen_at  2026-11-24T10:49:41Z\ngroups   Staff,a, b\n");
	check(bare, SHAPE_OBJECT, "x", 1, "x\n-42\nyes\n2026-11-24T10:49:41Z\nStaff,a, b\n");
}

static void test_text_that_needs_care(CLEAN)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
		{"\b\f\n\r\t\x01\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u007f\""},
		{"\xc2\x80\xc2\x9f\xc2\xa0", "\"\\u0080\\u009f\xc2\xa0\""},
		{"\xe2\x80\xae\xe2\x80\xa8", "\"\\u202e\\u2028\""},
		{"\xff\xc0\x80\xed\xa0\x80",
		 "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
		{"\xf0\x9f\x98\x80\xe2\x82", "\"\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd\""},
		{"=1+1", "\"=1+1\""},
		{"- x", "\"- x\""},
		{"null", "\"null\""},
		{"1e5", "\"1e5\""},
		{"a: b", "\"a: b\""},
		{"a #b", "\"a #b\""},
	};
	static const struct column columns[] = {{.name = "t", .type = COLUMN_TEXT, .help = "text"}, {0}};
	for (size_t n = 0; n < COUNT(cases); n++) {
		for (int yaml = 0; yaml < 2; yaml++) {
			AUTO(made) struct made made = {0};
			FILE *stream = open_memstream(&made.text, &made.size);
			struct output_options options = options_for(yaml ? OUTPUT_YAML : OUTPUT_JSON);
			AUTO(output) struct output *output = NULL;
			assert_null(output_open(stream, columns, SHAPE_LIST, &options, &output));
			output_string(output, cases[n].text);
			assert_null(output_row(output));
			assert_null(output_close(output));
			fclose(stream);
			AUTO(memory) char *expected =
				text_format(yaml ? "- t: %s\n" : "[\n{\"t\":%s}\n]\n", cases[n].json);
			assert_string_equal(made.text, expected);
		}
	}
}

static void test_json_inside(CLEAN)
{
	static const struct {
		const char *text, *printed;
	} cases[] = {
		{" { \"a\" : [ 1.50, -2e+7, true, null, \"x \\\" y\" ] } ",
		 "{\"a\":[1.50,-2e+7,true,null,\"x \\\" y\"]}"},
		{"\n{\n\t\"b\": {}\n}\n", "{\"b\":{}}"},
		{"\"\x7f\xff\\u0041\"", "\"\\u007f\xef\xbf\xbd\\u0041\""},
		{"[]", "[]"},
		{"0", "0"},
		/* not JSON: kept as a text */
		{"", "\"\""},
		{"{", "\"{\""},
		{"[1,]", "\"[1,]\""},
		{"{\"a\" 1}", "\"{\\\"a\\\" 1}\""},
		{"{a:1}", "\"{a:1}\""},
		{"01", "\"01\""},
		{"1.", "\"1.\""},
		{"1e", "\"1e\""},
		{"NaN", "\"NaN\""},
		{"true false", "\"true false\""},
		{"\"\\x\"", "\"\\\"\\\\x\\\"\""},
		{"\"\\u12\"", "\"\\\"\\\\u12\\\"\""},
		{"\"a", "\"\\\"a\""},
		{"\"\\", "\"\\\"\\\\\""},
		{"\"a\nb\"", "\"\\\"a\\nb\\\"\""},
	};
	static const struct column columns[] = {{.name = "j", .type = COLUMN_JSON, .help = "JSON"}, {0}};
	for (size_t n = 0; n < COUNT(cases); n++) {
		AUTO(made) struct made made = {0};
		FILE *stream = open_memstream(&made.text, &made.size);
		struct output_options options = options_for(OUTPUT_JSON);
		AUTO(output) struct output *output = NULL;
		assert_null(output_open(stream, columns, SHAPE_LIST, &options, &output));
		output_string(output, cases[n].text);
		assert_null(output_row(output));
		assert_null(output_close(output));
		fclose(stream);
		AUTO(memory) char *expected = text_format("[\n{\"j\":%s}\n]\n", cases[n].printed);
		assert_string_equal(made.text, expected);
	}
}

static void test_deep_json_is_a_text(CLEAN)
{
	static const struct column columns[] = {{.name = "j", .type = COLUMN_JSON, .help = "JSON"}, {0}};
	char deep[100001];
	memset(deep, '[', 50000);
	memset(deep + 50000, ']', 50000);
	deep[100000] = '\0';
	AUTO(made) struct made made = {0};
	FILE *stream = open_memstream(&made.text, &made.size);
	struct output_options options = options_for(OUTPUT_JSON);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stream, columns, SHAPE_LIST, &options, &output));
	output_string(output, deep);
	assert_null(output_row(output));
	assert_null(output_close(output));
	fclose(stream);
	assert_memory_equal(made.text, "[\n{\"j\":\"[[", 10);
	assert_int_equal(made.size, strlen("[\n{\"j\":\"") + 100000 + strlen("\"}\n]\n"));
}

static void test_columns(CLEAN)
{
	AUTO(strings) struct strings columns = {0};
	strings_add(&columns, "info");
	strings_add(&columns, "ID");
	struct output_options options = {.format = OUTPUT_CSV, .columns = &columns};
	check(options, SHAPE_LIST, "x", 1, "info,id\n\"{\"\"a\"\": [1, 2]}\",x\n");
	options.format = OUTPUT_TABLE;
	check(options, SHAPE_LIST, "x", 1, "INFO           ID\n{\"a\": [1, 2]}  x\n");
	options.format = OUTPUT_JSON;
	check(options, SHAPE_LIST, "x", 1, "[\n{\"info\":{\"a\":[1,2]},\"id\":\"x\"}\n]\n");
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stdout, sample_columns, SHAPE_LIST, &options, &output));
	assert_true(output_wants(output, "id"));
	assert_false(output_wants(output, "count"));
}

static void test_unknown_column(CLEAN)
{
	AUTO(strings) struct strings columns = {0};
	strings_add(&columns, "cuont");
	struct output_options options = {.format = OUTPUT_CSV, .columns = &columns};
	struct output *output = NULL;
	AUTO(error) struct error *error = output_open(stdout, sample_columns, SHAPE_LIST, &options, &output);
	assert_int_equal(error->code, ERR_USAGE);
	assert_string_equal(error->message, "there is no column 'cuont'");
	assert_string_equal(error_hint_text(error),
			    "did you mean count? The columns are: id, count, active, seen_at, groups, info");
	assert_null(output);
}

/* After the rows that were held back to measure, a wider cell pushes its line and is not cut. */
/* One name of half a million letters is written whole, and pads no other line. */
static void test_table_width_is_bounded(CLEAN)
{
	AUTO(memory) char *name = mem_new(500001, 1);
	memset(name, 'x', 500000);
	const struct output_options options = options_for(OUTPUT_TABLE);
	AUTO(made) struct made made = write_rows(&options, SHAPE_LIST, name, 2);
	assert_non_null(strstr(made.text, name));
	assert_true(made.size < 500000 + 500);
}

static void test_table_streams(CLEAN)
{
	static const struct column columns[] = {
		{.name = "a", .type = COLUMN_TEXT, .help = "a"}, {.name = "b", .type = COLUMN_TEXT, .help = "b"}, {0}};
	AUTO(made) struct made made = {0};
	FILE *stream = open_memstream(&made.text, &made.size);
	struct output_options options = options_for(OUTPUT_TABLE);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stream, columns, SHAPE_LIST, &options, &output));
	for (int i = 0; i < 300; i++) {
		output_string(output, i == 250 ? "much wider" : "abc");
		output_string(output, "x");
		assert_null(output_row(output));
	}
	assert_null(output_close(output));
	fclose(stream);
	const char *wide = strstr(made.text, "much");
	assert_memory_equal(wide, "much wider  x\nabc  x\n", 21);
	assert_int_equal(made.size, 7 + 299 * 7 + 14);
}

/* Cells of every size around the border of the buffer come out whole. */
static void test_buffer_border(CLEAN)
{
	static const struct column columns[] = {{.name = "t", .type = COLUMN_TEXT, .help = "text"}, {0}};
	AUTO(memory) char *cell = mem_new(200001, 1);
	memset(cell, 'x', 200000);
	static const size_t sizes[] = {65520, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65536, 65535, 65537, 131072, 200000, 0, 10};
	size_t expected = 2;
	AUTO(made) struct made made = {0};
	FILE *stream = open_memstream(&made.text, &made.size);
	struct output_options options = options_for(OUTPUT_CSV);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stream, columns, SHAPE_LIST, &options, &output));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		output_text(output, cell, sizes[i]);
		assert_null(output_row(output));
		expected += (sizes[i] ? sizes[i] : 2) + 1;
	}
	assert_null(output_close(output));
	fclose(stream);
	assert_int_equal(made.size, expected);
	const char *line = made.text + 2;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_int_equal(strcspn(line, "\n"), sizes[i] ? sizes[i] : 2);
		line += strcspn(line, "\n") + 1;
	}
}

static FILE *pipe_without_reader(void)
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	return fdopen(fds[1], "w");
}

static struct error *write_to(FILE *stream)
{
	struct output_options options = options_for(OUTPUT_CSV);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stream, sample_columns, SHAPE_LIST, &options, &output));
	put_row(output, "x", NULL);
	struct error *error = output_close(output);
	fclose(stream);
	return error;
}

static void test_write_errors(CLEAN)
{
	AUTO(error) struct error *full = write_to(fopen("/dev/full", "w"));
	assert_int_equal(full->code, ERR_FAILED);
	assert_string_equal(full->message, "cannot write to standard output: No space left on device");
	AUTO(error) struct error *pipe_error = write_to(pipe_without_reader());
	assert_int_equal(pipe_error->code, ERR_PIPE);
	AUTO(error) struct error *row_error = NULL;
	FILE *stream = fopen("/dev/full", "w");
	struct output_options options = options_for(OUTPUT_CSV);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(stream, sample_columns, SHAPE_LIST, &options, &output));
	/* A long list stops soon, not at its end. */
	int rows = 0;
	while (!row_error && rows < 100000) {
		output_string(output, "some text that fills the buffer by and by");
		output_integer(output, rows++);
		output_boolean(output, true);
		output_null(output);
		output_texts(output, NULL, 0);
		output_null(output);
		row_error = output_row(output);
	}
	assert_non_null(row_error);
	assert_true(rows < 10000);
	fclose(stream);
}

/* ---- what must not wait for its reader ---- */

struct held {
	struct made made;
	FILE *stream;
	bool waited_for, let_go;
	size_t before; /* bytes on the stream when it was let go */
};

static bool is_waited_for(const void *state)
{
	return ((const struct held *)state)->waited_for;
}

static void let_go(void *state)
{
	struct held *held = state;
	fflush(held->stream);
	held->let_go = true;
	held->waited_for = false;
	held->before = held->made.size;
}

static struct held write_held(bool waited_for, int rows)
{
	static const struct column columns[] = {{.name = "t", .type = COLUMN_TEXT, .help = "text"}, {0}};
	struct held held = {.waited_for = waited_for};
	const struct output_source source = {&held, is_waited_for, let_go};
	const struct output_options options = {.format = OUTPUT_CSV, .source = &source};
	held.stream = open_memstream(&held.made.text, &held.made.size);
	AUTO(output) struct output *output = NULL;
	assert_null(output_open(held.stream, columns, SHAPE_LIST, &options, &output));
	for (int i = 0; i < rows; i++) {
		AUTO(memory) char *text = text_format("row %d", i);
		output_string(output, text);
		assert_null(output_row(output));
	}
	assert_null(output_close(output));
	fclose(held.stream);
	return held;
}

/* All comes after the source was let go, and is the same as without it; whether it fits into the buffer or not. */
static void test_a_source_that_others_wait_for_is_let_go_first(CLEAN)
{
	static const int rows[] = {0, 10, 30000};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct held held = write_held(true, rows[i]), free = write_held(false, rows[i]);
		AUTO(made) struct made first = held.made, second = free.made;
		assert_true(held.let_go);
		assert_int_equal(held.before, 0);
		assert_false(free.let_go);
		assert_int_equal(first.size, second.size);
		assert_string_equal(first.text, second.text);
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json_list),
		cmocka_unit_test(test_json_object),
		cmocka_unit_test(test_yaml),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_text_that_needs_care),
		cmocka_unit_test(test_json_inside),
		cmocka_unit_test(test_deep_json_is_a_text),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_unknown_column),
		cmocka_unit_test(test_table_width_is_bounded),
		cmocka_unit_test(test_table_streams),
		cmocka_unit_test(test_buffer_border),
		cmocka_unit_test(test_write_errors),
		cmocka_unit_test(test_a_source_that_others_wait_for_is_let_go_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
