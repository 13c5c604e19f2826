#include "backup/line_sum.h"

#include <stdbool.h>
#include <stdlib.h>
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

/* What follows the field ends the number as well. -0 is 0. */
static bool is_number(const char *field, const char *end, double *number)
{
	char *stop;
	if (field == end)
		return false;
	*number = strtod(field, &stop) + 0.0;
	for (; stop < end && *stop == ' '; stop++)
		;
	return stop == end;
}

/* A field's place is its seed, so that two that change places make another sum. */
static uint64_t sum_of_fields(const char *line, const char *newline, const enum field_form *forms, size_t fields)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < fields && line <= newline; i++) {
		const char *tab = end_of(line, newline, '\t');
		double number;
		if (forms[i] == FIELD_NUMBER && is_number(line, tab, &number))
			sum = XXH3_64bits_withSeed(&number, sizeof number, sum + i + 1);
		else if (forms[i] != FIELD_OTHERWISE)
			sum = XXH3_64bits_withSeed(line, (size_t)(tab - line), sum + i + 1);
		line = tab + 1;
	}
	return sum;
}

void line_sum_add_forms(struct line_sum *sum, const char *lines, size_t size, const enum field_form *forms,
			size_t fields)
{
	for (const char *line = lines, *end = lines + size, *newline; line < end; line = newline + 1) {
		newline = end_of(line, end, '\n');
		sum->sum += sum_of_fields(line, newline, forms, fields);
		sum->lines++;
	}
}
