#include "backup/known_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Segments of which each begins behind the end of the one before: a table that was read as a whole is one run. What
 * changed later is scattered over the slots, and is one more each time. For each row every run is looked at. */
#define MOST_RUNS 16

struct run {
	size_t *segments;
	size_t count, at;
	uint64_t last; /* slot of the last one */
	/* The next line that may be a row: */
	struct slot_cursor cursor;
	uint64_t line;
	size_t skip; /* range of the segment's skips that is not behind it */
	bool ended;
};

struct known_rows {
	struct table *table;
	bool tagged;
	struct run runs[MOST_RUNS];
	size_t run_count;
	struct {
		struct skips skips;
		uint64_t next; /* the line after the last row that stays */
	} *found; /* of each segment */
	uint64_t last;
};

/* ---- going along a run ---- */

static struct segment *segment_of(const struct known_rows *known, const struct run *run)
{
	return &known->table->segments[run->segments[run->at]];
}

static void enter(const struct known_rows *known, struct run *run)
{
	run->ended = run->at == run->count;
	if (run->ended)
		return;
	run->cursor = slot_cursor_at(&segment_of(known, run)->slots, known->tagged);
	run->line = UINT64_MAX; /* before the first one */
	run->skip = 0;
}

static bool is_skipped(const struct segment *segment, struct run *run)
{
	const struct skips *skips = &segment->skips;
	while (run->skip < skips->count && run->line >= skips->items[run->skip].first + skips->items[run->skip].count)
		run->skip++;
	return run->skip < skips->count && run->line >= skips->items[run->skip].first;
}

/* To the next line that is a row of the earlier snapshot. */
static void advance(const struct known_rows *known, struct run *run)
{
	while (!run->ended) {
		while (slot_cursor_next(&run->cursor)) {
			run->line++;
			if (!is_skipped(segment_of(known, run), run))
				return;
		}
		run->at++;
		enter(known, run);
	}
}

/* ---- finding the runs ---- */

/* False where it does not have as many slots as lines, each behind the one before. */
static bool read_ends(const struct segment *segment, bool tagged, uint64_t *first, uint64_t *last)
{
	struct slot_cursor cursor = slot_cursor_at(&segment->slots, tagged);
	uint64_t lines = 0;
	for (*last = 0; slot_cursor_next(&cursor); *last = cursor.slot) {
		if (lines++ ? cursor.slot <= *last : false)
			return false;
		if (lines == 1)
			*first = cursor.slot;
	}
	return lines && lines == segment->lines && cursor.at == cursor.end;
}

static bool add_to_run(struct known_rows *known, size_t index)
{
	uint64_t first, last;
	size_t i = 0;
	if (!read_ends(&known->table->segments[index], known->tagged, &first, &last))
		return false;
	while (i < known->run_count && known->runs[i].last >= first)
		i++;
	if (i == MOST_RUNS)
		return false;
	struct run *run = &known->runs[i];
	if (i == known->run_count) {
		known->run_count++;
		run->segments = mem_new(known->table->segment_count, sizeof *run->segments);
	}
	run->segments[run->count++] = index;
	run->last = last;
	if (last > known->last)
		known->last = last;
	return true;
}

static bool is_worth_it(const struct table *table)
{
	uint64_t lines = 0, skipped = 0;
	for (size_t i = 0; i < table->segment_count; i++) {
		lines += table->segments[i].lines;
		skipped += table->segments[i].skips.lines;
	}
	return skipped <= lines / 2;
}

struct known_rows *known_rows_new(struct table *earlier, bool tagged)
{
	struct known_rows *known = mem_new(1, sizeof *known);
	known->table = earlier;
	known->tagged = tagged;
	known->found = mem_new(earlier->segment_count + 1, sizeof *known->found);
	bool good = is_worth_it(earlier);
	for (size_t i = 0; good && i < earlier->segment_count; i++)
		good = add_to_run(known, i);
	if (!good) {
		known_rows_free(known);
		return NULL;
	}
	for (size_t i = 0; i < known->run_count; i++) {
		enter(known, &known->runs[i]);
		advance(known, &known->runs[i]);
	}
	return known;
}

void known_rows_free(struct known_rows *known)
{
	if (!known)
		return;
	for (size_t i = 0; i < known->run_count; i++)
		free(known->runs[i].segments);
	for (size_t i = 0; i < known->table->segment_count; i++)
		skips_cleanup(&known->found[i].skips);
	free(known->found);
	free(known);
}

/* ---- rows that come by ---- */

static void keep(struct known_rows *known, const struct run *run)
{
	size_t index = run->segments[run->at];
	skips_add(&known->found[index].skips, known->found[index].next, run->line - known->found[index].next);
	known->found[index].next = run->line + 1;
}

bool known_rows_keep(struct known_rows *known, uint64_t slot, const unsigned char *tag)
{
	bool kept = false;
	for (size_t i = 0; i < known->run_count; i++) {
		struct run *run = &known->runs[i];
		while (!run->ended && run->cursor.slot < slot)
			advance(known, run);
		if (kept || run->ended || run->cursor.slot != slot ||
		    (tag && memcmp(run->cursor.tag, tag, CONTENT_TAG_SIZE) != 0))
			continue;
		keep(known, run);
		kept = true;
	}
	return kept;
}

uint64_t known_rows_last(const struct known_rows *known)
{
	return known->last;
}

void known_rows_end(struct known_rows *known, struct segment **segments, size_t *count)
{
	*segments = mem_resize(*segments, *count + known->table->segment_count + 1, sizeof **segments);
	for (size_t i = 0; i < known->table->segment_count; i++) {
		struct segment *segment = &known->table->segments[i];
		struct skips *skips = &known->found[i].skips;
		if (!known->found[i].next)
			continue;
		skips_add(skips, known->found[i].next, segment->lines - known->found[i].next);
		skips_cleanup(&segment->skips);
		segment->skips = *skips;
		*skips = (struct skips){0};
		(*segments)[(*count)++] = *segment;
		segment->skips = (struct skips){0};
		segment->slots = (struct str){0};
	}
}
