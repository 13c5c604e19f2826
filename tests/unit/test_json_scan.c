/* The JSON scanner: what Python's json.loads takes and what it refuses, where the fault is, and that it makes no
 * difference where a text is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_scan.h"
#include "base/memory.h"

#define CLEAN __attribute__((unused)) void **state

/* ---- what the caller is told, as text ---- */

enum wishes { ENTER_ALL, TAKE_ALL, SKIP_ALL, TAKE_MEMBERS, TAKE_AND_SKIP, MODES };

struct events {
	enum wishes wishes;
	int asked;
	struct str text;
};

/* A question is "DEPTH KEY:KIND", a value follows as "=TEXT", the end of a container is "DEPTH.". */
static enum json_wish wish(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	struct events *events = state;
	str_add_format(&events->text, " %d", depth);
	if (key) {
		str_add_n(&events->text, key, size);
		str_add_char(&events->text, ':');
	}
	str_add_char(&events->text, "{[\"#tfn"[kind]);
	switch (events->wishes) {
	case TAKE_ALL:
		return JSON_TAKE;
	case SKIP_ALL:
		return JSON_SKIP;
	case TAKE_MEMBERS:
		return depth ? JSON_TAKE : JSON_ENTER;
	case TAKE_AND_SKIP:
		return depth < 2 ? JSON_ENTER : ++events->asked % 2 ? JSON_TAKE : JSON_SKIP;
	default:
		return JSON_ENTER;
	}
}

static fallible value(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	(void)depth;
	(void)kind;
	struct events *events = state;
	str_add_char(&events->text, '=');
	str_add_n(&events->text, text, size);
	return NULL;
}

static fallible leave(void *state, int depth)
{
	struct events *events = state;
	str_add_format(&events->text, " %d.", depth);
	return NULL;
}

static const struct json_scan_caller caller = {wish, value, leave};

/* Each piece is a block of its own, so that a sanitizer sees who reads beyond it or later. */
static fallible feed_all(struct json_scan *scan, const char *text, size_t size, size_t piece)
{
	for (size_t at = 0; at < size; at += piece) {
		size_t part = size - at < piece ? size - at : piece;
		char *bytes = mem_new(part, 1);
		memcpy(bytes, text + at, part);
		struct error *error = json_scan_feed(scan, bytes, part);
		free(bytes);
		TRY(error);
	}
	return json_scan_end(scan);
}

static char *events_of(const char *text, size_t size, size_t piece, enum wishes wishes)
{
	struct events events = {.wishes = wishes};
	AUTO(json_scan) struct json_scan scan;
	json_scan_start(&scan, &caller, &events);
	AUTO(error) struct error *error = feed_all(&scan, text, size, piece);
	if (error) {
		assert_int_equal(error->code, ERR_INPUT);
		AUTO(error) struct error *again = json_scan_feed(&scan, " ", 1);
		AUTO(error) struct error *at_end = json_scan_end(&scan);
		assert_string_equal(again->message, error->message);
		assert_string_equal(at_end->message, error->message);
		str_add_format(&events.text, "!%s", error->message);
	}
	return str_take(&events.text);
}

/* ---- texts ---- */

static const struct {
	const char *text, *events;
} good[] = {
	{"{}", " 0{ 0."},
	{"[]", " 0[ 0."},
	{" \t\r\n[ \t\r\n] \t\r\n", " 0[ 0."},
	{"{\"a\":1}", " 0{ 1a:#=1 0."},
	{"{ \"a\" : 1 , \"\" : [ ] }", " 0{ 1a:#=1 1:[ 1. 0."},
	{"[1,[2,{\"b\":[3]}],\"x\"]", " 0[ 1#=1 1[ 2#=2 2{ 3b:[ 4#=3 3. 2. 1. 1\"=\"x\" 0."},
	{"{\"a\":{\"a\":{}},\"a\":null}", " 0{ 1a:{ 2a:{ 2. 1. 1a:n=null 0."},
	{"[true,false,null]", " 0[ 1t=true 1f=false 1n=null 0."},
	{"[NaN,Infinity,-Infinity]", " 0[ 1#=NaN 1#=Infinity 1#=-Infinity 0."},
	{"0", " 0#=0"},
	{"-0 ", " 0#=-0"},
	{" 12", " 0#=12"},
	{"NaN", " 0#=NaN"},
	{"123456789012345678901234567890123456789012345678901234567890",
	 " 0#=123456789012345678901234567890123456789012345678901234567890"},
	{"[0,-0.0,10,1.50,1e5,1E+05,-1.25e-10,1E400]",
	 " 0[ 1#=0 1#=-0.0 1#=10 1#=1.50 1#=1e5 1#=1E+05 1#=-1.25e-10 1#=1E400 0."},
	{"\"\"", " 0\"=\"\""},
	{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", " 0\"=\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""},
	{"\"\\u0000\\uD83D\\ude00\\ud800x\\udfff\"", " 0\"=\"\\u0000\\uD83D\\ude00\\ud800x\\udfff\""},
	{"\"\x7f\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbb\xbf\"",
	 " 0\"=\"\x7f\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbb\xbf\""},
	{"{\"\\\"k\\u00e9\xc3\xa9\":\"a string that is longer than a word of eight bytes, \\\\\"}",
	 " 0{ 1\\\"k\\u00e9\xc3\xa9:\"=\"a string that is longer than a word of eight bytes, \\\\\" 0."},
	{"{\"brackets\":\"]}[{\",\"[\":\"\\\"]\"}", " 0{ 1brackets:\"=\"]}[{\" 1[:\"=\"\\\"]\" 0."},
};

static const struct {
	const char *text;
	int byte;
	const char *fault;
} bad[] = {
	{"", 0, "a value is expected"},
	{" \n", 2, "a value is expected"},
	{"\xef\xbb\xbf[]", 0, "a value is expected"},
	{"[]\v", 2, "something follows the end"},
	{"[\xc2\xa0]", 1, "a value or a ] is expected"},
	{"1 2", 2, "something follows the end"},
	{"{} {}", 3, "something follows the end"},
	{"{", 1, "a key in double quotes or a } is expected"},
	{"[", 1, "a value or a ] is expected"},
	{"[1", 2, "the rest of a value is expected"},
	{"[1 ", 3, "a comma or a closing bracket is expected"},
	{"[1,", 3, "a value is expected"},
	{"[1,]", 3, "a value is expected"},
	{"[,1]", 1, "a value or a ] is expected"},
	{"[1 2]", 3, "a comma or a closing bracket is expected"},
	{"[1}", 2, "a comma or a closing bracket is expected"},
	{"{]", 1, "a key in double quotes or a } is expected"},
	{"{\"a\"}", 4, "a colon is expected"},
	{"{\"a\":}", 5, "a value is expected"},
	{"{\"a\":1]", 6, "a comma or a closing bracket is expected"},
	{"{\"a\":1,}", 7, "a key in double quotes is expected"},
	{"{\"a\" 1}", 5, "a colon is expected"},
	{"{a:1}", 1, "a key in double quotes or a } is expected"},
	{"{1:1}", 1, "a key in double quotes or a } is expected"},
	{"['a']", 1, "a value or a ] is expected"},
	{"]", 0, "a value is expected"},
	{"[] ]", 3, "something follows the end"},
	{"{\"a", 3, "the end of a key is expected"},
	{"\"abc", 4, "the rest of a value is expected"},
	{"\"abc\\\"", 6, "the rest of a value is expected"},
	{"\"a\nb\"", 2, "a control character stands inside a string"},
	{"\"a\x1f\"", 2, "a control character stands inside a string"},
	{"{\"a\tb\":1}", 3, "a control character stands inside a string"},
	{"\"\\x\"", 2, "there is no such escape"},
	{"\"\\U0041\"", 2, "there is no such escape"},
	{"\"\\u004\"", 6, "an escape needs four hexadecimal digits"},
	{"\"\\u00g0\"", 5, "an escape needs four hexadecimal digits"},
	{"\"\\ud83d\\u12\"", 11, "an escape needs four hexadecimal digits"},
	{"\"\x80\"", 1, "it is not UTF-8"},
	{"\"\xc3\"", 2, "it is not UTF-8"},
	{"\"\xc0\x80\"", 1, "it is not UTF-8"},
	{"\"\xed\xa0\x80\"", 2, "it is not UTF-8"},
	{"\"\xf0\x9f\x98\"", 4, "it is not UTF-8"},
	{"[\"x\",\"\xff\"]", 6, "it is not UTF-8"},
	{"nul", 3, "the rest of a value is expected"},
	{"nulL", 3, "there is no such word"},
	{"nulls", 4, "something follows the end"},
	{"True", 0, "a value is expected"},
	{"nan", 1, "there is no such word"},
	{"-NaN", 1, "this is no number"},
	{"+1", 0, "a value is expected"},
	{"-", 1, "the rest of a value is expected"},
	{"-Inf", 4, "the rest of a value is expected"},
	{"-Inf,", 4, "there is no such word"},
	{"01", 1, "this is no number"},
	{"-01", 2, "this is no number"},
	{".5", 0, "a value is expected"},
	{"1.", 2, "the rest of a value is expected"},
	{"[1.]", 3, "this is no number"},
	{"[1.e5]", 3, "this is no number"},
	{"[1e]", 3, "this is no number"},
	{"[1e+]", 4, "this is no number"},
	{"1e5.0", 3, "this is no number"},
	{"[1-2]", 2, "this is no number"},
	{"0x1f", 1, "something follows the end"},
	{"1_000", 1, "something follows the end"},
};

static void what_is_json(CLEAN)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		AUTO(memory) char *events = events_of(good[i].text, strlen(good[i].text), 1000, ENTER_ALL);
		assert_string_equal(events, good[i].events);
	}
}

static void what_is_not_json(CLEAN)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(memory) char *events = events_of(bad[i].text, strlen(bad[i].text), 1000, SKIP_ALL);
		AUTO(memory) char *expected = text_format("!not JSON at byte %d: %s", bad[i].byte, bad[i].fault);
		assert_non_null(strchr(events, '!'));
		assert_string_equal(strchr(events, '!'), expected);
	}
	AUTO(memory) char *nul = events_of("[1\0]", 4, 1000, SKIP_ALL);
	assert_string_equal(nul, " 0[!not JSON at byte 2: a comma or a closing bracket is expected");
}

static void cut_anywhere(const char *text)
{
	static const size_t pieces[] = {1, 2, 3, 5, 8};
	for (enum wishes wishes = ENTER_ALL; wishes < MODES; wishes++) {
		AUTO(memory) char *whole = events_of(text, strlen(text), 1000, wishes);
		for (size_t i = 0; i < COUNT(pieces); i++) {
			AUTO(memory) char *cut = events_of(text, strlen(text), pieces[i], wishes);
			assert_string_equal(cut, whole);
		}
	}
}

static void a_cut_makes_no_difference(CLEAN)
{
	for (size_t i = 0; i < COUNT(good); i++)
		cut_anywhere(good[i].text);
	for (size_t i = 0; i < COUNT(bad); i++)
		cut_anywhere(bad[i].text);
}

static void wishes_are_kept(CLEAN)
{
	static const char text[] = "{\"a\": [1, {\"b\": 2}], \"c\": {\"d\": \"x\", \"e\": [ ]}, \"f\": 7}";
	static const char *const expected[] = {
		[ENTER_ALL] = " 0{ 1a:[ 2#=1 2{ 3b:#=2 2. 1. 1c:{ 2d:\"=\"x\" 2e:[ 2. 1. 1f:#=7 0.",
		[TAKE_ALL] = " 0{={\"a\": [1, {\"b\": 2}], \"c\": {\"d\": \"x\", \"e\": [ ]}, \"f\": 7}",
		[SKIP_ALL] = " 0{",
		[TAKE_MEMBERS] = " 0{ 1a:[=[1, {\"b\": 2}] 1c:{={\"d\": \"x\", \"e\": [ ]} 1f:#=7 0.",
		[TAKE_AND_SKIP] = " 0{ 1a:[ 2#=1 2{ 1. 1c:{ 2d:\"=\"x\" 2e:[ 1. 1f:#=7 0.",
	};
	for (enum wishes wishes = ENTER_ALL; wishes < MODES; wishes++) {
		AUTO(memory) char *events = events_of(text, sizeof text - 1, 1000, wishes);
		assert_string_equal(events, expected[wishes]);
	}
	cut_anywhere(text);
}

/* ---- bounds and manners ---- */

static void depth_is_bounded(CLEAN)
{
	AUTO(str) struct str text = {0};
	for (int i = 0; i < JSON_SCAN_DEPTH; i++)
		str_add(&text, i % 2 ? "[" : "{\"\":");
	for (int i = JSON_SCAN_DEPTH; i--;)
		str_add_char(&text, i % 2 ? ']' : '}');
	AUTO(memory) char *deepest = events_of(text.data, text.size, 1000, SKIP_ALL);
	assert_string_equal(deepest, " 0{");

	str_clear(&text);
	for (int i = 0; i < JSON_SCAN_DEPTH + 1; i++)
		str_add_char(&text, '[');
	AUTO(memory) char *deeper = events_of(text.data, text.size, 1000, SKIP_ALL);
	assert_string_equal(deeper, " 0[!not JSON at byte 10000: objects and arrays are nested too deeply");
}

static fallible refuse(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	(void)depth;
	(void)kind;
	(void)size;
	++*(int *)state;
	return *text == '2' ? error_wrap(error_new(ERR_NO, "why"), "what") : NULL;
}

static enum json_wish enter(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	(void)state;
	(void)depth;
	(void)key;
	(void)size;
	(void)kind;
	return JSON_ENTER;
}

static void the_callers_error_is_passed_on_and_stays(CLEAN)
{
	static const struct json_scan_caller refusing = {enter, refuse, NULL};
	int values = 0;
	AUTO(json_scan) struct json_scan scan;
	json_scan_start(&scan, &refusing, &values);
	assert_null(json_scan_feed(&scan, "[1,", 3));
	AUTO(error) struct error *error = json_scan_feed(&scan, "2,3]", 4);
	AUTO(error) struct error *again = json_scan_feed(&scan, "3]", 2);
	assert_int_equal(error->code, ERR_NO);
	assert_string_equal(error->cause->message, "why");
	assert_int_equal(again->code, ERR_NO);
	assert_string_equal(again->message, "what: why");
	assert_int_equal(values, 2);
}

struct noted {
	const char *place;
	char text[32];
};

static fallible note(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	(void)depth;
	(void)kind;
	struct noted *noted = state;
	noted->place = text;
	snprintf(noted->text, sizeof noted->text, "%.*s", (int)size, text);
	return NULL;
}

static void what_lies_in_a_piece_is_not_copied(CLEAN)
{
	static const struct json_scan_caller noting = {enter, note, NULL};
	static const char text[] = "[\"cut here\",\"whole\", 1";
	struct noted noted = {0};
	AUTO(json_scan) struct json_scan scan;
	json_scan_start(&scan, &noting, &noted);
	assert_null(json_scan_feed(&scan, text, 6));
	assert_null(json_scan_feed(&scan, NULL, 0));
	assert_null(json_scan_feed(&scan, text + 6, 6));
	assert_string_equal(noted.text, "\"cut here\"");
	assert_null(json_scan_feed(&scan, text + 12, sizeof text - 13));
	assert_string_equal(noted.text, "\"whole\"");
	assert_ptr_equal(noted.place, strstr(text, "\"whole"));
	assert_null(json_scan_feed(&scan, "]", 1));
	assert_string_equal(noted.text, "1");
	assert_null(json_scan_end(&scan));
}

/* ---- texts that are looked at in pieces of their own accord ---- */

struct place {
	const char *next; /* where the next member has to be */
	size_t count;
};

#define MEMBER "\"k\\u00e9y\": -1234.5e6, "
#define KEY_SIZE 9

static enum json_wish key_there(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	const struct place *place = state;
	(void)kind;
	assert_true(!depth || (key == place->next + 1 && size == KEY_SIZE - 1));
	return depth ? JSON_TAKE : JSON_ENTER;
}

static fallible value_there(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	struct place *place = state;
	(void)depth;
	(void)kind;
	assert_ptr_equal(text, place->next + KEY_SIZE + 3);
	assert_int_equal(size, strlen("-1234.5e6"));
	place->next += strlen(MEMBER);
	place->count++;
	return NULL;
}

static void all_of_a_large_text_is_a_place_in_it(CLEAN)
{
	static const struct json_scan_caller places = {.wish = key_there, .value = value_there};
	const size_t count = 1000003;
	AUTO(str) struct str text = {0};
	str_add(&text, "{");
	for (size_t i = 0; i < count; i++)
		str_add(&text, MEMBER);
	text.size -= 2;
	str_add(&text, "}");
	struct place place = {.next = text.data + 1};
	assert_null(json_scan_text(&places, &place, text.data, text.size));
	assert_int_equal(place.count, count);

	text.data[text.size - 4] = 'x';
	place = (struct place){.next = text.data + 1};
	AUTO(error) struct error *error = json_scan_text(&places, &place, text.data, text.size);
	AUTO(memory) char *expected = text_format("not JSON at byte %zu: this is no number", text.size - 4);
	assert_string_equal(error->message, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_json),
		cmocka_unit_test(what_is_not_json),
		cmocka_unit_test(a_cut_makes_no_difference),
		cmocka_unit_test(wishes_are_kept),
		cmocka_unit_test(all_of_a_large_text_is_a_place_in_it),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(the_callers_error_is_passed_on_and_stays),
		cmocka_unit_test(what_lies_in_a_piece_is_not_copied),
	};
	return cmocka_run_group_tests_name("json_scan", tests, NULL, NULL);
}
