#include "backup/row_filter.h"

#include <string.h>

const char *row_field(const char *line, size_t size, size_t number, size_t *field_size)
{
	const char *end = line + size, *tab;
	for (; number && (tab = memchr(line, '\t', (size_t)(end - line))); number--)
		line = tab + 1;
	tab = memchr(line, '\t', (size_t)(end - line));
	*field_size = (size_t)((tab ? tab : end) - line);
	return line;
}

void row_filter_apply(const struct row_filter *filter, struct fetched_segment *fetched)
{
	struct odd_list *odd = &fetched->odd;
	if (!fetched->lines.size) /* then nothing is odd either */
		return;
	char *to = fetched->lines.data, *from = to, *end = to + fetched->lines.size, *next;
	size_t at = 0, odds = 0;
	int64_t row = 0, kept = 0;
	for (; from < end; from = next, row++) {
		next = (char *)memchr(from, '\n', (size_t)(end - from)) + 1;
		size_t size = (size_t)(next - from);
		bool takes = filter->takes(filter->state, from, size - 1);
		for (; at < odd->count && odd->items[at].row == row; at++)
			if (takes) {
				odd->items[odds] = odd->items[at];
				odd->items[odds++].row = kept;
			}
		if (!takes)
			continue;
		memmove(to, from, size);
		to += size;
		kept++;
	}
	odd->count = odds;
	*to = '\0';
	fetched->lines.size = (size_t)(to - fetched->lines.data);
}
