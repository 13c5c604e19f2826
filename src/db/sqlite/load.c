#include <stdlib.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

static void add_insert(struct str *sql, const char *table, const char *const *columns, size_t count)
{
	str_add(sql, "INSERT INTO ");
	db_add_identifier(sql, table);
	for (size_t i = 0; i < count; i++) {
		str_add(sql, i ? ", " : " (");
		db_add_identifier(sql, columns[i]);
	}
	str_add(sql, ") VALUES (?");
	for (size_t i = 1; i < count; i++)
		str_add(sql, ", ?");
	str_add_char(sql, ')');
}

fallible sqlite_load_begin(struct db *db, const char *table, const char *const *columns, size_t count,
			   struct db_load **load)
{
	AUTO(str) struct str sql = {0};
	add_insert(&sql, table, columns, count);
	sqlite3_stmt *statement;
	TRY(sqlite_prepare((struct sqlite *)db, str_text(&sql), &statement));
	struct sqlite_load *started = mem_new(1, sizeof *started);
	started->base.db = db;
	started->base.columns = count;
	started->statement = statement;
	started->table = text_copy(table);
	started->columns = mem_new(count, sizeof *started->columns);
	for (size_t i = 0; i < count; i++)
		started->columns[i] = text_copy(columns[i]);
	*load = &started->base;
	return NULL;
}

fallible sqlite_load_row(struct db_load *load, const struct db_value *values)
{
	struct sqlite_load *loading = (struct sqlite_load *)load;
	struct sqlite *sqlite = (struct sqlite *)load->db;
	for (size_t i = 0; i < load->columns; i++)
		TRY(sqlite_bind(sqlite, loading->statement, (int)i + 1, &values[i], SQLITE_STATIC));
	sqlite_start_clock(sqlite);
	int code = cancel_requested() ? SQLITE_INTERRUPT : sqlite3_step(loading->statement);
	struct error *error = code == SQLITE_DONE ? NULL : sqlite_error(sqlite, code);
	sqlite3_reset(loading->statement);
	loading->given++;
	if (!error)
		loading->taken += sqlite3_changes64(sqlite->handle);
	/* What the row holds is the row's fault; a signal, a full disk or a folder that can't be written to is not. */
	return error && error->code == ERR_INPUT ? error_wrap(error, "row %lld", (long long)loading->given) : error;
}

fallible sqlite_load_end(struct db_load *load, int64_t *rows)
{
	*rows = ((struct sqlite_load *)load)->taken;
	return NULL;
}

void sqlite_load_free(struct db_load *base)
{
	struct sqlite_load *load = (struct sqlite_load *)base;
	if (!base->ended) /* else the statement has gone before */
		sqlite3_clear_bindings(load->statement);
	for (size_t i = 0; i < base->columns; i++)
		free(load->columns[i]);
	free(load->columns);
	free(load->table);
	free(load->declared);
	free(load->values);
	str_cleanup(&load->unescaped);
}
