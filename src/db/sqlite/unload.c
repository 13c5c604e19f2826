/* Rows as lines of COPY text. SQLite has a whole value in memory; what is made of it here goes on piece by piece. */
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/copy_text.h"
#include "db/sqlite/sqlite.h"

/* What is given on at once; room is for a step more, with all of its bytes escaped. */
#define PIECE_SIZE (64 * 1024)
#define STEP (16 * 1024)

struct unloading {
	struct sqlite *sqlite;
	const struct db_unload *asked;
	sqlite3_stmt *statement;
	int columns;
	enum sqlite_declared *declared;
	struct db_value *values; /* of the current row; borrowed from the statement */
	int64_t row;
	struct str piece;
	size_t line; /* where in the piece the current line begins */
};

static fallible pass_on(struct unloading *unloading, size_t size)
{
	struct str *piece = &unloading->piece;
	if (!size)
		return NULL;
	TRY(sink_take(&unloading->asked->lines, piece->data, size));
	piece->size -= size;
	memmove(piece->data, piece->data + size, piece->size);
	return NULL;
}

/* In the midst of a line: first goes what ends with one, and then what there is of this one. */
static fallible make_room(struct unloading *unloading)
{
	if (unloading->piece.size < PIECE_SIZE)
		return NULL;
	if (unloading->line) {
		TRY(pass_on(unloading, unloading->line));
		unloading->line = 0;
		return NULL;
	}
	return pass_on(unloading, unloading->piece.size);
}

/* ---- values ---- */

static fallible add_text(struct unloading *unloading, const char *text, size_t size)
{
	for (size_t at = 0, step; at < size; at += step) {
		step = size - at < STEP ? size - at : STEP;
		size_t taken = copy_add_text(&unloading->piece, text + at, step);
		if (taken < step) {
			copy_add_nul(&unloading->piece);
			step = taken + 1;
		}
		TRY(make_room(unloading));
	}
	return NULL;
}

static fallible add_bytes(struct unloading *unloading, const char *bytes, size_t size)
{
	str_add(&unloading->piece, COPY_BYTES);
	for (size_t at = 0, step; at < size; at += step) {
		step = size - at < STEP ? size - at : STEP;
		copy_add_hex(&unloading->piece, bytes + at, step);
		TRY(make_room(unloading));
	}
	return NULL;
}

static bool is_bytes(enum sqlite_declared declared)
{
	return declared == DECLARED_BYTES || declared == DECLARED_NOTHING;
}

static fallible add_value(struct unloading *unloading, int column)
{
	const struct db_value *value = &unloading->values[column];
	enum sqlite_declared declared = unloading->declared[column];
	if (value->type == DB_TEXT || (value->type == DB_BLOB && !is_bytes(declared)))
		return add_text(unloading, value->text, value->size);
	if (value->type == DB_BLOB)
		return add_bytes(unloading, value->text, value->size);
	struct db_value written = *value;
	if (declared == DECLARED_BOOLEAN && value->type == DB_INTEGER && !sqlite_is_odd(declared, value))
		written = db_boolean(value->integer);
	return copy_add_value(&unloading->piece, &written);
}

/* ---- rows ---- */

static fallible tell_odd(struct unloading *unloading, int column)
{
	const struct db_unload *asked = unloading->asked;
	if (!asked->odd || !sqlite_is_odd(unloading->declared[column], &unloading->values[column]))
		return NULL;
	const struct db_odd odd = {unloading->row, column, unloading->values[column]};
	return asked->odd(asked->state, &odd);
}

static fallible add_row(struct unloading *unloading)
{
	for (int i = 0; i < unloading->columns; i++) {
		unloading->values[i] = sqlite_value(unloading->statement, i);
		TRY(tell_odd(unloading, i));
	}
	unloading->line = unloading->piece.size;
	for (int i = 0; i < unloading->columns; i++) {
		if (i)
			str_add_char(&unloading->piece, '\t');
		TRY(add_value(unloading, i));
	}
	str_add_char(&unloading->piece, '\n');
	unloading->row++;
	return unloading->piece.size < PIECE_SIZE ? NULL : pass_on(unloading, unloading->piece.size);
}

static enum sqlite_declared declared_of(sqlite3_stmt *statement, int column)
{
	if (!sqlite3_column_origin_name(statement, column))
		return DECLARED_NOTHING;
	return sqlite_declared_of(sqlite3_column_decltype(statement, column));
}

/* Of a row that is there: before its first step a statement may be one of an older schema. */
static void learn_columns(struct unloading *unloading)
{
	unloading->columns = sqlite3_column_count(unloading->statement);
	unloading->declared = mem_new((size_t)unloading->columns, sizeof *unloading->declared);
	unloading->values = mem_new((size_t)unloading->columns, sizeof *unloading->values);
	for (int i = 0; i < unloading->columns; i++)
		unloading->declared[i] = declared_of(unloading->statement, i);
}

static fallible unload_rows(struct unloading *unloading)
{
	struct sqlite *sqlite = unloading->sqlite;
	for (;;) {
		sqlite_next_row(sqlite);
		int code = cancel_requested() ? SQLITE_INTERRUPT : sqlite3_step(unloading->statement);
		if (code != SQLITE_ROW) {
			TRY(code == SQLITE_DONE ? NULL : sqlite_error(sqlite, code));
			return pass_on(unloading, unloading->piece.size);
		}
		if (!unloading->declared)
			learn_columns(unloading);
		TRY(add_row(unloading));
	}
}

fallible sqlite_unload(struct db *db, const struct db_unload *asked)
{
	struct unloading unloading = {.sqlite = (struct sqlite *)db, .asked = asked};
	TRY(cancel_check());
	TRY(sqlite_prepare(unloading.sqlite, asked->query, &unloading.statement));
	sqlite_start_clock(unloading.sqlite);
	str_reserve(&unloading.piece, PIECE_SIZE + 2 * STEP);
	struct error *error = unload_rows(&unloading);
	sqlite3_reset(unloading.statement);
	free(unloading.declared);
	free(unloading.values);
	str_cleanup(&unloading.piece);
	return error;
}
