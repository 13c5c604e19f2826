/* COPY text of any bytes: a line is read or refused, never beyond its end, and what was read is written so that it
 * reads back as the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "db/copy_decode.h"
#include "db/copy_text.h"

#define MOST_FIELDS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_text(struct str *out, const char *text, size_t size)
{
	for (size_t at = 0; at < size; at++) {
		at += copy_add_text(out, text + at, size - at);
		if (at < size)
			copy_add_nul(out);
	}
}

static void write_line(struct str *out, const struct db_value *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].type == DB_TEXT)
			write_text(out, fields[i].text, fields[i].size);
		else
			assert(!copy_add_value(out, &fields[i]));
		str_add_char(out, i + 1 < count ? '\t' : '\n');
	}
}

static void read_back(const struct db_value *fields, size_t count)
{
	struct db_value again[MOST_FIELDS];
	size_t used;
	int64_t lines;
	AUTO(str) struct str line = {0};
	AUTO(str) struct str unescaped = {0};
	write_line(&line, fields, count);
	assert(!copy_check_lines(line.data, line.size, &lines) && lines == 1);
	assert(!copy_decode_line(line.data, line.size, again, count, &unescaped, &used));
	assert(used == line.size);
	for (size_t i = 0; i < count; i++) {
		assert(again[i].type == fields[i].type && again[i].size == fields[i].size);
		assert(!fields[i].size || !memcmp(again[i].text, fields[i].text, fields[i].size));
	}
}

static void read_lines(const char *lines, size_t size, size_t count)
{
	struct db_value fields[MOST_FIELDS];
	AUTO(str) struct str unescaped = {0};
	for (size_t at = 0, used; at < size; at += used) {
		AUTO(error)
		struct error *error = copy_decode_line(lines + at, size - at, fields, count, &unescaped, &used);
		if (error) {
			assert(error->code == ERR_INPUT);
			return;
		}
		assert(used && lines[at + used - 1] == '\n');
		read_back(fields, count);
	}
}

static void read_bytes(const char *text, size_t size)
{
	AUTO(memory) char *copy = mem_new(size + 1, 1);
	AUTO(str) struct str again = {0};
	memcpy(copy, text, size);
	if (!copy_read_hex(copy, size, copy)) {
		assert(!memcmp(copy, text, size));
		return;
	}
	str_add(&again, "\\x");
	copy_add_hex(&again, copy, size / 2 - 1);
	assert(again.size == size && !strncasecmp(again.data, text, size));
}

/* The first byte says how many fields a line has. The rest is a block of its own: nothing may be read beyond it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	size_t count = data[0] % MOST_FIELDS + 1u;
	char *lines = calloc(size - 1, 1);
	assert(lines || size == 1);
	if (size > 1)
		memcpy(lines, data + 1, size - 1);
	int64_t ends;
	error_ignore(copy_check_lines(lines, size - 1, &ends));
	read_lines(lines, size - 1, count);
	if (size > 1)
		read_bytes(lines, size - 1);
	const struct db_value any = db_text_n(lines, size - 1);
	read_back(&any, 1);
	free(lines);
	return 0;
}
