/* The CSV reader: what is a field, a record, a line; and where its limits are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "provision/csv.h"

#define CLEAN __attribute__((unused)) void **state

/* Every record as "LINE[field|field]". */
static char *read_all(const char *text, size_t size)
{
	FILE *input = fmemopen((void *)(uintptr_t)text, size, "r");
	AUTO(csv) struct csv csv;
	struct str out = {0};
	bool record;
	csv_start(&csv, input, "in.csv");
	for (;;) {
		AUTO(error) struct error *error = csv_next(&csv, &record);
		if (error)
			str_add_format(&out, "!%s", error->message);
		if (error || !record)
			break;
		AUTO(memory) char *fields = strings_join(&csv.fields, "|");
		str_add_format(&out, "%lld[%s]", (long long)csv.line, fields);
	}
	fclose(input);
	return str_take(&out);
}

static const struct {
	const char *text, *expected;
} texts[] = {
	{"a,b\n1,2\n", "1[a|b]2[1|2]"},
	{"a,b\n1,2", "1[a|b]2[1|2]"},
	{"a,b\r\n1,2\r\n", "1[a|b]2[1|2]"},
	{"a,b\n1,\n,2\n,\n", "1[a|b]2[1|]3[|2]4[|]"},
	{"a,b\n\"\",\"\"\n", "1[a|b]2[|]"},
	{"\n\r\na\n\n1\n", "3[a]5[1]"},
	/* a line end inside quotes counts as a line of the file */
	{"a,b\n\"x\ny\",2\n3,4\n", "1[a|b]2[x\ny|2]4[3|4]"},
	{"a,b\n\"x\r\ny\",2\n", "1[a|b]2[x\r\ny|2]"},
	{"a,b\n\"x \"\"y\"\", z\",\"\"\"\"\n", "1[a|b]2[x \"y\", z|\"]"},
	{"a;b\n1,5;2\n", "1[a|b]2[1,5|2]"},
	{"a\tb\n1;5\t2,5\n", "1[a|b]2[1;5|2,5]"},
	{"a;b,c,d\n", "1[a;b|c|d]"},
	/* what stands in quotes does not tell the separator */
	{"\"a;b;c\",d\n", "1[a;b;c|d]"},
	{" a , b\n 1 ,\t2 3\t\r\n", "1[a|b]2[1|2 3]"},
	{"a\tb\n 1 \t\t2\n", "1[a|b]2[1||2]"},
	{"a,b\n\" 1 \" , \"2\"\n", "1[a|b]2[ 1 |2]"},
	{"a\n\"1\" 2\n", "1[a]!in.csv:2: text follows a closing quote"},
	{"a\n\"1\"2\n", "1[a]!in.csv:2: text follows a closing quote"},
	{"a\n1\"2\"\n", "1[a]!in.csv:2: a quote stands inside a field that is not quoted"},
	{"a\n\"1\n2\n", "1[a]!in.csv:2: a quote is never closed"},
};

static void fields_and_lines(CLEAN)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		AUTO(memory) char *read = read_all(texts[i].text, strlen(texts[i].text));
		assert_string_equal(read, texts[i].expected);
	}
}

/* One field of `size` bytes in a line of its own: the bytes read, or 0 when it is refused. */
static size_t read_field(size_t size)
{
	AUTO(memory) char *text = mem_new(size + 1, 1);
	memset(text, 'x', size);
	text[size] = '\n';
	AUTO(memory) char *read = read_all(text, size + 1);
	return *read == '!' ? 0 : strlen(read) - strlen("1[]");
}

static void longest_record(CLEAN)
{
	assert_int_equal(read_field(CSV_RECORD_LIMIT), CSV_RECORD_LIMIT);
	assert_int_equal(read_field(CSV_RECORD_LIMIT + 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_lines),
		cmocka_unit_test(longest_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
