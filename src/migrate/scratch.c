#include "migrate/scratch.h"

#include "base/memory.h"

fallible scratch_make(struct db *db, const char *table, const char *scratch, const char *changes)
{
	AUTO(strings) struct strings made = {0};
	struct db_value name = db_text(table);
	TRY(db_texts(db, "select substr(sql, instr(sql, '(')) from sqlite_master where type = 'table' and name = $1",
		     &name, 1, &made));
	if (!made.count)
		return error_new(ERR_FAILED, "the text that made the table \"%s\" can't be read", table);
	AUTO(memory)
	char *sql = text_format("drop table if exists \"%s\"; create table \"%s\" %s; %s", scratch, scratch,
				made.items[0], changes);
	return db_script(db, sql);
}

fallible scratch_columns(struct db *db, const char *table, struct strings *names)
{
	struct db_value name = db_text(table);
	return db_texts(db, "select name from pragma_table_xinfo($1) where hidden = 0", &name, 1, names);
}

/* The legacy way leaves alone who names the table: views, triggers and the foreign keys of others. */
static fallible take_place(struct db *db, const char *table, const char *scratch)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "pragma legacy_alter_table = on; drop table ");
	db_add_identifier(&sql, table);
	str_add(&sql, "; alter table ");
	db_add_identifier(&sql, scratch);
	str_add(&sql, " rename to ");
	db_add_identifier(&sql, table);
	str_add(&sql, "; pragma legacy_alter_table = off");
	return db_script(db, str_text(&sql));
}

fallible scratch_swap(struct db *db, const char *table, const char *scratch)
{
	AUTO(strings) struct strings dependents = {0};
	struct db_value name = db_text(table);
	TRY(db_texts(db,
		     "select sql from sqlite_master where type in ('index', 'trigger') and tbl_name = $1"
		     " and sql is not null order by rowid",
		     &name, 1, &dependents));
	TRY(take_place(db, table, scratch));
	for (size_t i = 0; i < dependents.count; i++)
		TRY(db_script(db, dependents.items[i]));
	return NULL;
}
