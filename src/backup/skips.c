#include "backup/skips.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

void skips_cleanup(struct skips *skips)
{
	free(skips->items);
}

void skips_add(struct skips *skips, uint64_t first, uint64_t count)
{
	if (!count)
		return;
	if (!(skips->count & (skips->count - 1))) /* at 0, and whenever it is a power of two, it is full */
		skips->items = mem_resize(skips->items, 2 * skips->count + 1, sizeof *skips->items);
	skips->items[skips->count++] = (struct line_range){first, count};
	skips->lines += count;
}

/* ---- as text ---- */

void skips_add_text(struct str *out, const struct skips *skips)
{
	for (size_t i = 0; i < skips->count; i++) {
		const struct line_range *range = &skips->items[i];
		str_add_format(out, "%s%" PRIu64, i ? "," : "", range->first);
		if (range->count > 1)
			str_add_format(out, "+%" PRIu64, range->count);
	}
}

static bool read_range(const char *text, struct line_range *range)
{
	range->count = 1;
	if (!strchr(text, '+'))
		return number_parse(&text, '\0', &range->first);
	return number_parse(&text, '+', &range->first) && number_parse(&text, '\0', &range->count) && range->count;
}

static bool read_ranges(const struct strings *texts, uint64_t lines, struct skips *skips)
{
	uint64_t next = 0;
	for (size_t i = 0; i < texts->count; i++) {
		struct line_range range;
		if (!read_range(texts->items[i], &range) || range.first < next || range.first >= lines ||
		    range.count > lines - range.first)
			return false;
		skips_add(skips, range.first, range.count);
		next = range.first + range.count;
	}
	return true;
}

bool skips_parse(const char *text, uint64_t lines, struct skips *skips)
{
	AUTO(strings) struct strings texts = {0};
	struct skips read = {0};
	strings_split(&texts, text, ',');
	if (!read_ranges(&texts, lines, &read)) {
		skips_cleanup(&read);
		return false;
	}
	*skips = read;
	return true;
}

/* ---- out of a segment ---- */

static const char *after_lines(const char *at, const char *end, uint64_t lines)
{
	for (; lines; lines--)
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	return at;
}

static void take_lines_out(const struct skips *skips, struct str *lines)
{
	const char *from = lines->data, *end = lines->data + lines->size;
	char *to = lines->data;
	uint64_t line = 0;
	for (size_t i = 0; i < skips->count; i++) {
		const struct line_range *range = &skips->items[i];
		const char *first = after_lines(from, end, range->first - line);
		memmove(to, from, (size_t)(first - from));
		to += first - from;
		from = after_lines(first, end, range->count);
		line = range->first + range->count;
	}
	memmove(to, from, (size_t)(end - from));
	lines->size = (size_t)(to - lines->data) + (size_t)(end - from);
}

/* Both are in order. */
static void take_odd_out(const struct skips *skips, struct odd_list *odd)
{
	size_t kept = 0, at = 0;
	uint64_t before = 0; /* lines that were taken out so far */
	for (size_t i = 0; i < odd->count; i++) {
		uint64_t row = (uint64_t)odd->items[i].row;
		for (; at < skips->count && row >= skips->items[at].first + skips->items[at].count; at++)
			before += skips->items[at].count;
		if (at < skips->count && row >= skips->items[at].first)
			continue;
		odd->items[kept] = odd->items[i];
		odd->items[kept++].row -= (int64_t)before;
	}
	odd->count = kept;
}

void skips_take_out(const struct skips *skips, struct str *lines, struct odd_list *odd)
{
	if (!skips->count)
		return;
	take_lines_out(skips, lines);
	take_odd_out(skips, odd);
}
