#include "backup/fetch_segment.h"

#include "base/large.h"

void fetched_segment_cleanup(struct fetched_segment *fetched)
{
	str_cleanup(&fetched->lines);
	odd_list_cleanup(&fetched->odd);
}

static fallible fetch_odd(struct fetcher *fetcher, const struct segment *segment, struct odd_list *odd)
{
	AUTO(str) struct str lines = {0};
	const struct sink sink = sink_into(&lines);
	if (!segment->odd.size)
		return NULL;
	TRY(fetch(fetcher, &segment->odd, UINT64_MAX, &sink));
	return odd_list_read(odd, &lines);
}

/* Odd values are in order of their rows. */
static bool is_as_told(const struct segment *segment, const struct fetched_segment *fetched)
{
	const struct str *lines = &fetched->lines;
	const struct odd_list *odd = &fetched->odd;
	return lines->size == segment->bytes && (!lines->size || lines->data[lines->size - 1] == '\n') &&
	       fetched->stored.lines == segment->lines &&
	       (!odd->count || (uint64_t)odd->items[odd->count - 1].row < segment->lines);
}

fallible segment_fetch(struct fetcher *fetcher, const struct segment *segment, struct fetched_segment *fetched)
{
	const struct sink sink = sink_into(&fetched->lines);
	if (segment->bytes < LARGE_BLOCK)
		str_reserve(&fetched->lines, segment->bytes);
	TRY(fetch(fetcher, &segment->place, segment->bytes, &sink));
	line_sum_add(&fetched->stored, str_text(&fetched->lines), fetched->lines.size);
	TRY(fetch_odd(fetcher, segment, &fetched->odd));
	if (!is_as_told(segment, fetched))
		return error_new(ERR_INPUT, "pack %s: a segment is not as the manifest says", segment->place.pack);
	fetched->sum = fetched->stored;
	if (segment->skips.count) {
		skips_take_out(&segment->skips, &fetched->lines, &fetched->odd);
		fetched->sum = (struct line_sum){0};
		line_sum_add(&fetched->sum, str_text(&fetched->lines), fetched->lines.size);
	}
	return NULL;
}
