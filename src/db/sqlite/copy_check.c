/* Is a copy whole? It is read from its first to its last page, and its rows are counted. */
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

void sqlite_counts_cleanup(struct sqlite_counts *counts)
{
	strings_cleanup(&counts->tables);
	free(counts->rows);
}

static void statement_cleanup(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static fallible prepare(struct sqlite *sqlite, const char *sql, sqlite3_stmt **statement)
{
	int code = sqlite3_prepare_v2(sqlite->handle, sql, -1, statement, NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(sqlite, code);
}

static fallible step(struct sqlite *sqlite, sqlite3_stmt *statement, bool *row)
{
	TRY(cancel_check());
	int code = sqlite3_step(statement);
	*row = code == SQLITE_ROW;
	return *row || code == SQLITE_DONE ? NULL : sqlite_error(sqlite, code);
}

static fallible count_table(struct sqlite *sqlite, const char *table, int64_t *rows)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "SELECT count(*) FROM ");
	db_add_identifier(&sql, table);
	AUTO(statement) sqlite3_stmt *statement = NULL;
	bool row;
	TRY(prepare(sqlite, str_text(&sql), &statement));
	TRY(step(sqlite, statement, &row));
	*rows = sqlite3_column_int64(statement, 0);
	return NULL;
}

/* All that have pages, SQLite's own too; what a virtual table shows is in tables of its own. */
static fallible find_tables(struct sqlite *sqlite, struct strings *tables)
{
	static const char sql[] = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name";
	AUTO(statement) sqlite3_stmt *statement = NULL;
	bool row;
	TRY(prepare(sqlite, sql, &statement));
	for (;;) {
		TRY(step(sqlite, statement, &row));
		if (!row)
			return NULL;
		strings_add(tables, (const char *)sqlite3_column_text(statement, 0));
	}
}

fallible sqlite_count_rows(struct sqlite *sqlite, struct sqlite_counts *counts)
{
	sqlite->statement_deadline = 0; /* of a big table nothing is heard for long */
	AUTO(sqlite_watch) struct sqlite_watch watch;
	sqlite_watch_begin(&watch, sqlite->handle);
	TRY(find_tables(sqlite, &counts->tables));
	counts->rows = mem_new(counts->tables.count, sizeof *counts->rows);
	for (size_t i = 0; i < counts->tables.count; i++)
		TRY(count_table(sqlite, counts->tables.items[i], &counts->rows[i]));
	return NULL;
}

static fallible not_whole(const struct sqlite *copy, const char *why)
{
	return error_hint(error_new(ERR_INPUT, "%s: the copy is not whole: %s", copy->base.display, why),
			  "the database itself may be damaged: keep it as it is, and look at it with PRAGMA "
			  "integrity_check");
}

static fallible quick_check(struct sqlite *copy)
{
	AUTO(sqlite_watch) struct sqlite_watch watch;
	sqlite_watch_begin(&watch, copy->handle);
	AUTO(statement) sqlite3_stmt *statement = NULL;
	bool row;
	TRY(prepare(copy, "PRAGMA quick_check(1)", &statement));
	TRY(step(copy, statement, &row));
	const char *answer = row ? (const char *)sqlite3_column_text(statement, 0) : "no answer";
	return text_equal(answer, "ok") ? NULL : not_whole(copy, answer ? answer : "no answer");
}

static fallible compare(struct sqlite *copy, const struct sqlite_counts *counts)
{
	AUTO(sqlite_counts) struct sqlite_counts own = {0};
	TRY(sqlite_count_rows(copy, &own));
	if (own.tables.count != counts->tables.count)
		return not_whole(copy, "tables are missing");
	for (size_t i = 0; i < own.tables.count; i++)
		if (strcmp(own.tables.items[i], counts->tables.items[i]) != 0 || own.rows[i] != counts->rows[i])
			return not_whole(copy, "rows are missing");
	return NULL;
}

/* Nobody else has the file: immutable leaves no -wal and -shm beside it, in whatever mode it is. */
static fallible open_copy(struct sqlite *copy, const char *path)
{
	AUTO(str) struct str uri = {0};
	sqlite_add_uri(&uri, path, "mode=ro&immutable=1");
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(str_text(&uri), &copy->handle, flags, NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(copy, code);
}

fallible sqlite_check_copy(const char *path, const struct sqlite_counts *counts)
{
	struct sqlite copy = {.base.display = text_copy(path)};
	struct error *error = open_copy(&copy, path);
	if (!error)
		error = quick_check(&copy);
	if (!error)
		error = compare(&copy, counts);
	sqlite3_close(copy.handle);
	free(copy.base.display);
	return error;
}
