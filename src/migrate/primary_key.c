#include "migrate/primary_key.h"

#include "base/memory.h"
#include "migrate/alter.h"

static fallible read_key(struct db *db, const char *table, struct strings *columns)
{
	struct db_value name = db_text(table);
	return db_texts(db,
			db_pick(db, "select name from pragma_table_info($1) where pk > 0 order by name",
				"select a.attname from pg_catalog.pg_index i join pg_catalog.pg_attribute a"
				" on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
				" where i.indisprimary and i.indrelid = quote_ident($1)::regclass"
				" order by a.attname"),
			&name, 1, columns);
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

fallible primary_key_add(struct db *db, const char *table, const char *const *key)
{
	bool lacks;
	TRY(primary_key_is_lacking(db, table, key, &lacks));
	if (!lacks)
		return NULL;
	AUTO(memory) char *columns = list_of(key);
	AUTO(memory) char *constraint = text_format("CONSTRAINT pk_%s PRIMARY KEY (%s)", table, columns);
	AUTO(memory) char *sql = text_format("ALTER TABLE \"%s\" ADD %s", table, constraint);
	return alter_script(db, sql);
}
