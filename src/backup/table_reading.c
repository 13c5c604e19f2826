#include "backup/table_reading.h"

#include <stdlib.h>
#include <string.h>

#include "backup/known_rows.h"
#include "backup/odd.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"

struct reading {
	const struct rows_context *context;
	size_t index;
	uint64_t pieces;
	bool placed, tagged; /* whether lines come with their slots; whether they get tags */
	struct known_rows *known; /* NULL: none are */
	struct piece *piece; /* that is being filled; NULL: none */
	/* Of the piece, without the line that comes in: */
	uint64_t lines;
	size_t size;
	uint64_t last; /* slot, for the list of slots */
	/* Of the line that comes in, or came last: */
	bool within, whole;
	uint64_t slot;
	struct content_tag tag;
	int64_t row; /* counted from the table's first */
	struct str odd; /* lines of it and of those behind it; counted likewise */
	size_t odd_at;  /* where the next one is in there */
	bool any, beyond; /* whether a line was before it; whether no row is known behind it */
	bool out_of_order, useless; /* slots do not ascend; what was not read again is not known either */
};

static void reading_cleanup(struct reading *reading)
{
	known_rows_free(reading->known);
	piece_free(reading->piece);
	str_cleanup(&reading->odd);
}

static struct piece *current(struct reading *reading)
{
	if (!reading->piece)
		reading->piece = piece_new(reading->context->tables, reading->index, reading->pieces++);
	return reading->piece;
}

static fallible put(struct reading *reading)
{
	struct piece *piece = reading->piece;
	bool empty = !piece || !reading->lines;
	reading->lines = reading->size = reading->last = 0;
	return empty ? NULL : pipeline_put(reading->context->pipeline, &reading->piece);
}

/* ---- a line ---- */

/* What follows on all that is known begins a piece: so that it follows on that without lying between it. */
static fallible begin_line(struct reading *reading, const char **bytes, const char *end)
{
	uint64_t before = reading->slot;
	if (!reading->placed)
		return NULL;
	if (!db_slot_parse(bytes, end, &reading->slot, &reading->whole))
		return error_new(ERR_FAILED, "a row has come without its place");
	if (reading->tagged)
		content_tag_begin(&reading->tag, reading->context->tag_key);
	reading->out_of_order = reading->out_of_order || (reading->any && reading->slot <= before);
	reading->any = true;
	if (!reading->known || reading->beyond || reading->slot <= known_rows_last(reading->known))
		return NULL;
	reading->beyond = true;
	return put(reading);
}

static void add_bytes(struct reading *reading, const char *bytes, size_t size)
{
	if (!reading->whole)
		return;
	if (reading->tagged)
		content_tag_add(&reading->tag, bytes, size);
	str_add_n(&current(reading)->bytes, bytes, size);
}

/* Odd values are told before their line comes, and several lines may come together. */
static fallible take_odd(void *state, const struct db_odd *odd)
{
	struct reading *reading = state;
	struct db_odd moved = *odd;
	moved.column -= reading->placed ? DB_SLOT_COLUMNS : 0;
	odd_add_line(&reading->odd, &moved);
	return NULL;
}

/* Gives what is odd in this line to `each`: what stands behind the number of its row. */
static void each_odd(struct reading *reading, void (*each)(struct reading *reading, const char *rest, size_t size))
{
	const struct str *odd = &reading->odd;
	for (size_t at = reading->odd_at; at < odd->size;) {
		const char *line = odd->data + at, *rest = line;
		size_t size = (size_t)((const char *)memchr(line, '\n', odd->size - at) + 1 - line);
		uint64_t row;
		if (!number_parse(&rest, '\t', &row) || row != (uint64_t)reading->row)
			return;
		each(reading, rest, size - (size_t)(rest - line));
		at += size;
	}
}

static void tag_odd(struct reading *reading, const char *rest, size_t size)
{
	content_tag_add(&reading->tag, rest, size);
}

static void add_odd(struct reading *reading, const char *rest, size_t size)
{
	struct str *odd = &current(reading)->odd;
	str_add_format(odd, "%llu\t", (unsigned long long)reading->lines);
	str_add_n(odd, rest, size);
}

static void pass_odd(struct reading *reading, const char *rest, size_t size)
{
	reading->odd_at = (size_t)(rest + size - reading->odd.data);
	if (reading->odd_at == reading->odd.size) {
		str_clear(&reading->odd);
		reading->odd_at = 0;
	}
}

/* Whether the line need not be in the piece, as the earlier snapshot has it. */
static bool is_known(struct reading *reading, const unsigned char *tag)
{
	if (!reading->known || (reading->whole && !tag))
		return false;
	bool kept = known_rows_keep(reading->known, reading->slot, tag);
	reading->useless = reading->useless || (!kept && !reading->whole);
	return kept || !reading->whole;
}

static void take_line(struct reading *reading)
{
	unsigned char tag[CONTENT_TAG_SIZE] = {0};
	if (reading->tagged) {
		each_odd(reading, tag_odd);
		content_tag_end(&reading->tag, tag);
	}
	if (is_known(reading, reading->tagged ? tag : NULL)) {
		if (reading->piece)
			reading->piece->bytes.size = reading->size;
		return;
	}
	each_odd(reading, add_odd);
	if (reading->placed)
		slot_list_add(&reading->piece->slots, &reading->last, reading->slot, reading->tagged ? tag : NULL);
	reading->lines++;
	reading->size = reading->piece->bytes.size;
}

static fallible end_line(struct reading *reading)
{
	take_line(reading);
	each_odd(reading, pass_odd);
	reading->row++;
	return reading->size >= PIECE_SIZE ? put(reading) : NULL;
}

static fallible take_lines(void *state, const char *bytes, size_t size)
{
	struct reading *reading = state;
	for (const char *end = bytes + size; bytes < end;) {
		if (!reading->within)
			TRY(begin_line(reading, &bytes, end));
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *stop = newline ? newline + 1 : end;
		add_bytes(reading, bytes, (size_t)(stop - bytes));
		reading->within = !newline;
		bytes = stop;
		if (newline)
			TRY(end_line(reading));
	}
	return NULL;
}

/* ---- a table ---- */

static struct table *table_of(const struct reading *reading)
{
	return &reading->context->tables->items[reading->index];
}

static struct known_rows *find_known(const struct reading *reading)
{
	const struct rows_context *context = reading->context;
	const struct table *table = table_of(reading);
	struct table *other = context->earlier && table->identity ? tables_find(context->known, table->name) : NULL;
	return other && text_equal(other->identity, table->identity) ? known_rows_new(other, reading->tagged) : NULL;
}

static fallible unload(struct db *db, struct reading *reading)
{
	const struct rows_context *context = reading->context;
	const struct table *table = table_of(reading);
	AUTO(str) struct str query = {0};
	if (reading->placed)
		db_add_slot_query(&query, db, table->name, &table->columns,
				  reading->known ? context->earlier : NULL, context->now);
	else
		table_add_query(&query, table);
	const struct db_unload asked = {
		.query = str_text(&query), .lines = {take_lines, reading}, .odd = take_odd, .state = reading};
	return db_unload(db, &asked);
}

/* *again: to be read once more, without what was thought to be known. */
static fallible read_once(struct db *db, struct reading *reading, bool *again)
{
	struct table *table = table_of(reading);
	TRY(unload(db, reading));
	*again = reading->useless || (reading->out_of_order && reading->known);
	if (*again)
		return NULL;
	TRY(put(reading));
	if (reading->known)
		known_rows_end(reading->known, &table->kept, &table->kept_count);
	if (!reading->placed || reading->out_of_order) {
		free(table->identity);
		table->identity = NULL;
	}
	return NULL;
}

static fallible read_table(struct db *db, const struct rows_context *context, size_t index)
{
	struct table *table = &context->tables->items[index];
	bool again;
	AUTO(reading) struct reading reading = {.context = context, .index = index, .whole = true};
	reading.placed = context->now && table->identity;
	reading.tagged = reading.placed && !db_tells_changes(db);
	reading.known = find_known(&reading);
	TRY(read_once(db, &reading, &again));
	if (!again)
		return NULL;
	log_debug("table %s: what an earlier snapshot has does not fit, so it is read as a whole", table->name);
	table->first = reading.pieces;
	AUTO(reading) struct reading whole = {
		.context = context, .index = index, .whole = true, .pieces = reading.pieces};
	return read_once(db, &whole, &again);
}

fallible table_read(struct db *db, const struct rows_context *context, size_t index)
{
	return error_wrap(read_table(db, context, index), "table %s", context->tables->items[index].name);
}
