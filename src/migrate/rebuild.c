#include "migrate/rebuild.h"

#include <string.h>

#include "base/memory.h"

/* ---- which key a table has ---- */

static fallible read_key(struct db *db, const char *table, struct strings *columns)
{
	struct db_value name = db_text(table);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db,
		     db_pick(db, "select name from pragma_table_info($1) where pk > 0 order by name",
			     "select a.attname from pg_catalog.pg_index i join pg_catalog.pg_attribute a"
			     " on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
			     " where i.indisprimary and i.indrelid = quote_ident($1)::regclass order by a.attname"),
		     &name, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add(columns, db_cell_text(rows, 0));
	return error;
}

fallible primary_key_is_lacking(struct db *db, const char *table, const char *const *key, bool *lacks)
{
	AUTO(strings) struct strings present = {0};
	bool exists;
	size_t count = 0;
	*lacks = false;
	TRY(db_table_exists(db, table, &exists));
	if (!exists)
		return NULL;
	for (; key[count]; count++) {
		TRY(db_column_exists(db, table, key[count], &exists));
		if (!exists)
			return NULL;
	}
	TRY(read_key(db, table, &present));
	*lacks = present.count != count;
	for (size_t i = 0; i < count; i++)
		*lacks |= !strings_have(&present, key[i]);
	return NULL;
}

static char *list_of(const char *const *names)
{
	AUTO(str) struct str list = {0};
	for (size_t i = 0; names[i]; i++) {
		if (i)
			str_add(&list, ", ");
		db_add_identifier(&list, names[i]);
	}
	return str_take(&list);
}

fallible primary_key_find_blockers(struct blockers *blockers, const char *table, const char *const *key)
{
	bool lacks;
	struct db *db = blockers->installation->db;
	TRY(primary_key_is_lacking(db, table, key, &lacks));
	if (!lacks)
		return NULL;
	AUTO(memory) char *columns = list_of(key);
	AUTO(memory) char *sql = text_format("select \"id\", count(*) from \"%s\" group by %s having count(*) > 1"
					     " or \"id\" is null",
					     table, columns);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers, "keep one of them, and give the others ids of their own",
			     "the table \"%s\" has %lld rows with the id %s", table,
			     (long long)db_cell_integer(rows, 1),
			     db_cell_text(rows, 0) ? db_cell_text(rows, 0) : "NULL");
	return error;
}

/* ---- making a table anew ---- */

/* Between the brackets of CREATE TABLE, from the text that SQLite keeps. */
static char *definitions_of(const char *sql)
{
	const char *open = strchr(sql, '('), *close = strrchr(sql, ')');
	return open && close > open ? text_copy_n(open + 1, (size_t)(close - open - 1)) : NULL;
}

static fallible read_texts(struct db *db, const char *sql, const char *table, struct strings *texts)
{
	struct db_value name = db_text(table);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, &name, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		if (db_cell_text(rows, 0))
			strings_add(texts, db_cell_text(rows, 0));
	return error;
}

static fallible move_rows(struct db *db, const char *table, const char *scratch, const struct strings *columns)
{
	AUTO(memory) char *list = list_of((const char *const *)columns->items);
	AUTO(memory)
	char *sql = text_format("insert into \"%s\" (%s) select %s from \"%s\"", scratch, list, list, table);
	TRY(db_run(db, sql, NULL, 0, NULL));
	AUTO(memory)
	char *swap = text_format("drop table \"%s\"; alter table \"%s\" rename to \"%s\"", table, scratch, table);
	return db_script(db, swap);
}

static fallible make_anew(struct db *db, const char *table, const char *constraint)
{
	AUTO(strings) struct strings columns = {0}, made = {0}, dependents = {0};
	TRY(read_texts(db, "select name from pragma_table_xinfo($1) where hidden = 0", table, &columns));
	TRY(read_texts(db, "select sql from sqlite_master where type = 'table' and name = $1", table, &made));
	TRY(read_texts(db, "select sql from sqlite_master where type in ('index', 'trigger') and tbl_name = $1", table,
		       &dependents));
	AUTO(memory) char *definitions = made.count ? definitions_of(made.items[0]) : NULL;
	if (!definitions)
		return error_new(ERR_FAILED, "the text that made the table \"%s\" can't be read", table);
	AUTO(memory) char *scratch = text_format("_alembic_tmp_%s", table);
	AUTO(memory)
	char *sql = text_format("drop table if exists \"%s\"; create table \"%s\" (%s\n, %s)", scratch, scratch,
				definitions, constraint);
	TRY(db_script(db, sql));
	TRY(move_rows(db, table, scratch, &columns));
	for (size_t i = 0; i < dependents.count; i++)
		TRY(db_script(db, dependents.items[i]));
	return NULL;
}

fallible primary_key_add(struct db *db, const char *table, const char *const *key)
{
	bool lacks;
	TRY(primary_key_is_lacking(db, table, key, &lacks));
	if (!lacks)
		return NULL;
	AUTO(memory) char *columns = list_of(key);
	AUTO(memory) char *constraint = text_format("CONSTRAINT pk_%s PRIMARY KEY (%s)", table, columns);
	if (!db_can(db, DB_CAN_ALTER_TABLES))
		return make_anew(db, table, constraint);
	AUTO(memory) char *sql = text_format("alter table \"%s\" add %s", table, constraint);
	return db_script(db, sql);
}
