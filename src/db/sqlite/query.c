#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

struct sqlite_rows {
	struct db_rows base;
	sqlite3_stmt *statement; /* borrowed from the kept ones */
	struct strings *replaced; /* owned; what sqlite_cell_text made of texts of this row that hold a NUL */
};

static sqlite3_stmt *statement_of(const struct db_rows *rows)
{
	return ((const struct sqlite_rows *)rows)->statement;
}

fallible sqlite_script(struct db *db, const char *sql)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	TRY(cancel_check());
	sqlite_start_clock(sqlite);
	int code = sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(sqlite, code);
}

/* SQLite numbers $1, $2, .. in the order in which they appear: they are found by name. A parameter that the statement
 * does not use is a mistake, as it is one for PostgreSQL. */
static fallible bind_all(struct sqlite *sqlite, sqlite3_stmt *statement, const struct db_value *values, size_t count)
{
	if ((size_t)sqlite3_bind_parameter_count(statement) != count)
		return error_new(ERR_FAILED, "the statement takes %d parameters, not %zu",
				 sqlite3_bind_parameter_count(statement), count);
	for (size_t i = 0; i < count; i++) {
		char name[24];
		snprintf(name, sizeof name, "$%zu", i + 1);
		int index = sqlite3_bind_parameter_index(statement, name);
		if (!index)
			return error_new(ERR_FAILED, "the statement has no parameter %s", name);
		TRY(sqlite_bind(sqlite, statement, index, &values[i], SQLITE_TRANSIENT));
	}
	return NULL;
}

fallible sqlite_query(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		      struct db_rows **rows)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite3_stmt *statement;
	TRY(cancel_check());
	TRY(sqlite_prepare(sqlite, sql, &statement));
	TRY(bind_all(sqlite, statement, parameters, count));
	sqlite_start_clock(sqlite);
	struct sqlite_rows *started = mem_new(1, sizeof *started);
	started->base.db = db;
	started->statement = statement;
	started->replaced = mem_new(1, sizeof *started->replaced);
	*rows = &started->base;
	return NULL;
}

/* A kept statement must not hold on to its snapshot, nor to values. */
static void put_back(sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

fallible sqlite_next(struct db_rows *rows, bool *row)
{
	struct sqlite *sqlite = (struct sqlite *)rows->db;
	sqlite3_stmt *statement = statement_of(rows);
	strings_cleanup(((struct sqlite_rows *)rows)->replaced);
	sqlite_next_row(sqlite);
	int code = cancel_requested() ? SQLITE_INTERRUPT : sqlite3_step(statement);
	*row = code == SQLITE_ROW;
	if (*row)
		return NULL;
	struct error *error = code == SQLITE_DONE ? NULL : sqlite_error(sqlite, code);
	rows->changed = sqlite3_stmt_readonly(statement) ? 0 : sqlite3_changes64(sqlite->handle);
	put_back(statement);
	return error;
}

struct db_value sqlite_value(sqlite3_stmt *statement, int column)
{
	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
		return db_integer(sqlite3_column_int64(statement, column));
	case SQLITE_FLOAT:
		return db_real(sqlite3_column_double(statement, column));
	case SQLITE_BLOB: {
		const void *bytes = sqlite3_column_blob(statement, column);
		return db_blob(bytes, (size_t)sqlite3_column_bytes(statement, column));
	}
	case SQLITE_TEXT: {
		const char *text = (const char *)sqlite3_column_text(statement, column);
		return db_text_n(text, (size_t)sqlite3_column_bytes(statement, column));
	}
	default:
		return db_null();
	}
}

struct db_value sqlite_cell(const struct db_rows *rows, int column)
{
	return sqlite_value(statement_of(rows), column);
}

/* U+FFFD in the place of every NUL: cut off there, an id or a name would be somebody else's. What is written with it
 * finds no row. */
static const char *without_nul(const struct sqlite_rows *rows, const char *text, size_t size)
{
	struct str out = {0};
	for (size_t i = 0; i < size; i++)
		if (text[i])
			str_add_char(&out, text[i]);
		else
			str_add(&out, "\xef\xbf\xbd");
	strings_add_taken(rows->replaced, str_take(&out));
	return rows->replaced->items[rows->replaced->count - 1];
}

const char *sqlite_cell_text(const struct db_rows *rows, int column)
{
	sqlite3_stmt *statement = statement_of(rows);
	const char *text = (const char *)sqlite3_column_text(statement, column);
	size_t size = (size_t)sqlite3_column_bytes(statement, column);
	return text && strlen(text) < size ? without_nul((const struct sqlite_rows *)rows, text, size) : text;
}

void sqlite_rows_end(struct db_rows *rows)
{
	put_back(statement_of(rows));
}

void sqlite_rows_free(struct db_rows *rows)
{
	struct sqlite_rows *own = (struct sqlite_rows *)rows;
	strings_cleanup(own->replaced);
	free(own->replaced);
}
