#include "backup/line_sum.h"

#include <string.h>
#include <xxhash.h>

static const char *end_of(const char *from, const char *end, char c)
{
	const char *found = memchr(from, c, (size_t)(end - from));
	return found ? found : end;
}

void line_sum_add(struct line_sum *sum, const char *lines, size_t size)
{
	for (const char *line = lines, *end = lines + size, *newline; line < end; line = newline + 1) {
		newline = end_of(line, end, '\n');
		sum->sum += XXH3_64bits(line, (size_t)(newline - line));
		sum->lines++;
	}
}

/* A field's place is its seed, so that two that change places make another sum. */
static uint64_t sum_of_some(const char *line, const char *newline, const bool *left_out, size_t fields)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < fields && line <= newline; i++) {
		const char *tab = end_of(line, newline, '\t');
		if (!left_out[i])
			sum = XXH3_64bits_withSeed(line, (size_t)(tab - line), sum + i + 1);
		line = tab + 1;
	}
	return sum;
}

void line_sum_add_some(struct line_sum *sum, const char *lines, size_t size, const bool *left_out, size_t fields)
{
	for (const char *line = lines, *end = lines + size, *newline; line < end; line = newline + 1) {
		newline = end_of(line, end, '\n');
		sum->sum += sum_of_some(line, newline, left_out, fields);
		sum->lines++;
	}
}
