/* Preparing statements, with the last few kept: what runs once a row is then prepared once. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "db/sqlite/sqlite.h"

static struct kept_statement *find(struct sqlite *sqlite, const char *sql)
{
	for (size_t i = 0; i < STATEMENTS_KEPT; i++)
		if (sqlite->kept[i].sql && !strcmp(sqlite->kept[i].sql, sql))
			return &sqlite->kept[i];
	return NULL;
}

static void forget(struct kept_statement *kept)
{
	sqlite3_finalize(kept->statement);
	free(kept->sql);
	*kept = (struct kept_statement){0};
}

static struct kept_statement *least_used(struct sqlite *sqlite)
{
	struct kept_statement *oldest = &sqlite->kept[0];
	for (size_t i = 1; i < STATEMENTS_KEPT; i++)
		if (sqlite->kept[i].used < oldest->used)
			oldest = &sqlite->kept[i];
	return oldest;
}

/* A second statement after the first would silently not run. */
static fallible check_rest(const char *rest)
{
	if (rest[strspn(rest, " \t\r\n;")])
		return error_new(ERR_FAILED, "more than one statement where one is expected");
	return NULL;
}

static fallible compile(struct sqlite *sqlite, const char *sql, sqlite3_stmt **statement)
{
	const char *rest = "";
	sqlite3_stmt *made = NULL;
	int code = sqlite3_prepare_v3(sqlite->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, &rest);
	if (code != SQLITE_OK)
		return sqlite_error(sqlite, code);
	struct error *error = made ? check_rest(rest) : error_new(ERR_FAILED, "a statement without text");
	if (error)
		sqlite3_finalize(made);
	else
		*statement = made;
	return error;
}

fallible sqlite_prepare(struct sqlite *sqlite, const char *sql, sqlite3_stmt **statement)
{
	struct kept_statement *kept = find(sqlite, sql);
	if (!kept) {
		sqlite3_stmt *made = NULL;
		TRY(compile(sqlite, sql, &made));
		kept = least_used(sqlite);
		forget(kept);
		kept->sql = text_copy(sql);
		kept->statement = made;
	}
	kept->used = ++sqlite->uses;
	*statement = kept->statement;
	return NULL;
}

fallible sqlite_bind(struct sqlite *sqlite, sqlite3_stmt *statement, int index, const struct db_value *value,
		     sqlite3_destructor_type keep)
{
	int code = SQLITE_OK;
	switch (value->type) {
	case DB_NULL:
		code = sqlite3_bind_null(statement, index);
		break;
	case DB_INTEGER:
	case DB_BOOLEAN:
		code = sqlite3_bind_int64(statement, index, value->integer);
		break;
	case DB_REAL:
		code = sqlite3_bind_double(statement, index, value->real);
		break;
	/* A NULL pointer would be SQL NULL, and this is an empty text. */
	case DB_TEXT:
		code = sqlite3_bind_text64(statement, index, value->size ? value->text : "", value->size, keep,
					   SQLITE_UTF8);
		break;
	case DB_BLOB:
		code = sqlite3_bind_blob64(statement, index, value->size ? value->text : "", value->size, keep);
		break;
	}
	return code == SQLITE_OK ? NULL : sqlite_error(sqlite, code);
}

void sqlite_forget_statements(struct sqlite *sqlite)
{
	for (size_t i = 0; i < STATEMENTS_KEPT; i++)
		forget(&sqlite->kept[i]);
}
