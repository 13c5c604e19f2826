#include "backup/line_sum.h"

#include <string.h>
#include <xxhash.h>

void line_sum_add(struct line_sum *sum, const char *lines, size_t size)
{
	for (const char *line = lines, *end = lines + size, *newline; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (!newline)
			newline = end;
		sum->sum += XXH3_64bits(line, (size_t)(newline - line));
		sum->lines++;
	}
}
