/* Messages of protobuf, worked out by hand from https://protobuf.dev/programming-guides/encoding/ and the numbers of
 * opentelemetry-proto's fields, and which trace a run belongs to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "telemetry/fields.h"
#include "telemetry/telling.h"

static const struct pb_field inner[] = {{.name = "n", 1, PB_VARINT}, {0}};
static const struct pb_field fields[] = {
	{.name = "n", 1, PB_VARINT},	  {.name = "text", 2, PB_TEXT},	    {.name = "inner", 3, PB_MESSAGE, inner},
	{.name = "double", 4, PB_DOUBLE}, {.name = "time", 7, PB_FIXED64}, {.name = "id", 16, PB_DIGITS},
	{0},
};

#define BYTES(text) (text), sizeof(text) - 1

static void assert_encoded(const struct pb_field *table, const char *json, const char *bytes, size_t size)
{
	AUTO(str) struct str out = {0};
	json_auto_t *message = json_loads(json, 0, NULL);
	assert_non_null(message);
	pb_encode(&out, table, message);
	assert_int_equal(out.size, size);
	assert_memory_equal(str_text(&out), bytes, size);
}

static void test_kinds_of_fields(void **state)
{
	(void)state;
	assert_encoded(fields, "{}", BYTES(""));
	assert_encoded(fields, "{\"n\": 150}", BYTES("\x08\x96\x01")); /* the guide's own examples */
	assert_encoded(fields, "{\"text\": \"testing\"}", BYTES("\x12\x07testing"));
	assert_encoded(fields, "{\"inner\": {\"n\": 150}}", BYTES("\x1a\x03\x08\x96\x01"));
	assert_encoded(fields, "{\"n\": \"-2\"}", BYTES("\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
	assert_encoded(fields, "{\"n\": 127}", BYTES("\x08\x7f"));
	assert_encoded(fields, "{\"n\": \"128\"}", BYTES("\x08\x80\x01"));
	assert_encoded(fields, "{\"n\": 0, \"text\": \"\"}", BYTES("\x08\x00\x12\x00"));
	assert_encoded(fields, "{\"double\": 1.5}", BYTES("\x21\0\0\0\0\0\0\xf8\x3f"));
	assert_encoded(fields, "{\"double\": 2}", BYTES("\x21\0\0\0\0\0\0\0\x40"));
	assert_encoded(fields, "{\"time\": \"258\"}", BYTES("\x39\x02\x01\0\0\0\0\0\0"));
	assert_encoded(fields, "{\"time\": \"18446744073709551615\"}", BYTES("\x39\xff\xff\xff\xff\xff\xff\xff\xff"));
	assert_encoded(fields, "{\"id\": \"00ff\"}", BYTES("\x82\x01\x02\x00\xff")); /* number 16: a tag of two bytes */
	assert_encoded(fields, "{\"inner\": [{\"n\": 1}, {}], \"other\": 1, \"n\": [1, 2]}",
		       BYTES("\x08\x01\x08\x02\x1a\x02\x08\x01\x1a\x00"));
}

/* 16 + 2, 3, 2, 9 and 7 bytes make 39; each message around it adds a tag and a size. */
static void test_span(void **state)
{
	(void)state;
	assert_encoded(otlp_requests[SIGNAL_TRACES],
		       "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [{"
		       "\"traceId\": \"0102030405060708090a0b0c0d0e0f10\", \"name\": \"a\", \"kind\": 1, "
		       "\"startTimeUnixNano\": \"1\", \"status\": {\"code\": 2, \"message\": \"b\"}}]}]}]}",
		       BYTES("\x0a\x2b\x12\x29\x12\x27"
			     "\x0a\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
			     "\x2a\x01\x61\x30\x01\x39\x01\0\0\0\0\0\0\0\x7a\x05\x12\x01\x62\x18\x02"));
}

static void test_answers(void **state)
{
	(void)state;
	const struct pb_field *table = otlp_responses[SIGNAL_TRACES];
	json_auto_t *none = pb_decode(table, BYTES(""));
	assert_int_equal(json_object_size(none), 0);
	/* and fields 3, of each other kind, that nobody knows yet */
	json_auto_t *some = pb_decode(table, BYTES("\x18\x05\x1d....\x19........\x1a\x01?"
						   "\x0a\x0a\x08\x80\x01\x12\x05stale"));
	const json_t *partial = json_object_get(some, "partialSuccess");
	assert_int_equal(json_object_size(some), 1);
	assert_int_equal(json_integer_value(json_object_get(partial, "rejectedSpans")), 128);
	assert_string_equal(json_string_value(json_object_get(partial, "errorMessage")), "stale");
	json_auto_t *twice = pb_decode(fields, BYTES("\x08\x01\x82\x01\x02\x0a\xff\x08\x02\x08\x03"));
	assert_string_equal(json_string_value(json_object_get(twice, "id")), "0aff");
	assert_int_equal(json_integer_value(json_array_get(json_object_get(twice, "n"), 2)), 3);
}

static void test_what_is_no_message(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
	} wrong[] = {
		{BYTES("\x08")},		   /* a number that does not begin */
		{BYTES("\x08\x96")},		   /* or end */
		{BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")}, /* or has more than 64 bits */
		{BYTES("\x12\x07test")},	   /* more than there is */
		{BYTES("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
		{BYTES("\x1a\x02\x08\x96")},	   /* within another */
		{BYTES("\x39....")},
		{BYTES("\x0b\x0c")},		   /* a group */
		{BYTES("\x00\x01")},		   /* field 0 */
		{BYTES("<html>")},
	};
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_null(pb_decode(fields, wrong[i].bytes, wrong[i].size));
}

static void test_trace_of_a_run(void **state)
{
	(void)state;
	static const struct {
		const char *run, *trace;
	} runs[] = {
		{"F9D8747E-9fb4-45b3-9abf-09dc3671bdf1", "f9d8747e9fb445b39abf09dc3671bdf1"},
		{"0af7651916cd43dd8448eb211c80319c", "0af7651916cd43dd8448eb211c80319c"},
		/* as `printf %s .. | sha256sum` has them */
		{"00000000000000000000000000000000", "84e0c0eafaa95a34c293f278ac52e45c"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223"},
		{"f9d8747e9fb4-45b3-9abf-09dc-3671bdf1", "e4907f786ec90376ef4a8ede70f77fee"},
	};
	char trace[2 * OTLP_TRACE_SIZE + 1];
	for (size_t i = 0; i < COUNT(runs); i++) {
		trace_of_run(runs[i].run, trace);
		assert_string_equal(trace, runs[i].trace);
	}
}

static void test_trace_parent(void **state)
{
	(void)state;
	char trace[2 * OTLP_TRACE_SIZE + 1], span[2 * OTLP_SPAN_SIZE + 1];
	bool recorded;
#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"
	assert_true(trace_parent_parse("00-" TRACE "-" SPAN "-01", trace, span, &recorded));
	assert_string_equal(trace, TRACE);
	assert_string_equal(span, SPAN);
	assert_true(recorded);
	assert_true(trace_parent_parse("00-" TRACE "-" SPAN "-02", trace, span, &recorded));
	assert_false(recorded);
	assert_true(trace_parent_parse("cc-" TRACE "-" SPAN "-01-what-comes", trace, span, &recorded));
	static const char *const wrong[] = {
		"", "00", "00-", "00-" TRACE, "00-" TRACE "-" SPAN, "00-" TRACE "-" SPAN "-", "00-" TRACE "-" SPAN "-0",
		"00-" TRACE "-" SPAN "-01-what-comes", "00-" TRACE "-" SPAN "-011", "cc-" TRACE "-" SPAN "-01x",
		"ff-" TRACE "-" SPAN "-01", "00-" TRACE "0-" SPAN "-01", "00-" SPAN "-" TRACE "-01",
		"0g-" TRACE "-" SPAN "-01",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", "00-00000000000000000000000000000000-" SPAN "-01",
		"00-" TRACE "-0000000000000000-01"};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_false(trace_parent_parse(wrong[i], trace, span, &recorded));
		assert_string_equal(span, SPAN); /* of the last good one */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds_of_fields), cmocka_unit_test(test_span), cmocka_unit_test(test_answers),
		cmocka_unit_test(test_what_is_no_message), cmocka_unit_test(test_trace_of_a_run),
		cmocka_unit_test(test_trace_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
