#include "migrate/scratch.h"

#include "base/memory.h"

static fallible read_texts(struct db *db, const char *sql, const char *table, struct strings *texts)
{
	struct db_value name = db_text(table);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, &name, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add(texts, db_cell_text(rows, 0));
	return error;
}

fallible scratch_make(struct db *db, const char *table, const char *scratch, const char *changes)
{
	AUTO(strings) struct strings made = {0};
	TRY(read_texts(db, "select substr(sql, instr(sql, '(')) from sqlite_master where type = 'table' and name = $1",
		       table, &made));
	if (!made.count)
		return error_new(ERR_FAILED, "the text that made the table \"%s\" can't be read", table);
	AUTO(memory)
	char *sql = text_format("drop table if exists \"%s\"; create table \"%s\" %s; %s", scratch, scratch,
				made.items[0], changes);
	return db_script(db, sql);
}

fallible scratch_columns(struct db *db, const char *table, struct strings *names)
{
	return read_texts(db, "select name from pragma_table_xinfo($1) where hidden = 0", table, names);
}

fallible scratch_swap(struct db *db, const char *table, const char *scratch)
{
	AUTO(strings) struct strings dependents = {0};
	TRY(read_texts(db,
		       "select sql from sqlite_master where type in ('index', 'trigger') and tbl_name = $1"
		       " and sql is not null",
		       table, &dependents));
	AUTO(memory)
	char *swap = text_format("drop table \"%s\"; alter table \"%s\" rename to \"%s\"", table, scratch, table);
	TRY(db_script(db, swap));
	for (size_t i = 0; i < dependents.count; i++)
		TRY(db_script(db, dependents.items[i]));
	return NULL;
}
