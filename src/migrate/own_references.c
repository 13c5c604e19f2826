/* What of its owner's hangs on rows of Open WebUI's tables: foreign keys, and tables that inherit from them. Only
 * PostgreSQL has the latter, and minds the former: SQLite migrates without a look at foreign keys. */
#include <stdlib.h>

#include "base/memory.h"
#include "migrate/own.h"

static const char drop_key[] = "drop the foreign key, or let its rows refer to rows that stay (of a shared chat: to "
			       "the original)";
static const char end_inheritance[] = "make it a table of its own: ALTER TABLE .. NO INHERIT ..";

/* ---- rows that go ---- */

/* A foreign key that keeps rows from being deleted: its name, its table, what counts its rows that refer to some. What
 * its owner may not read is not asked. */
static const char keys[] =
	"select k.conname, k.conrelid::regclass::text,"
	" (select pg_catalog.format('select count(*) from %s own join (select * from %I where %s) gone on %s',"
	" k.conrelid::regclass, t.relname, $2::text,"
	" pg_catalog.string_agg(pg_catalog.format('own.%I = gone.%I', a.attname, b.attname), ' and '))"
	" from unnest(k.conkey, k.confkey) c (own, gone)"
	" join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.own"
	" join pg_catalog.pg_attribute b on b.attrelid = k.confrelid and b.attnum = c.gone)"
	" from pg_catalog.pg_constraint k join pg_catalog.pg_class t on t.oid = k.confrelid"
	" join pg_catalog.pg_namespace n on n.oid = t.relnamespace and n.nspname = current_schema()"
	" join pg_catalog.pg_class o on o.oid = k.conrelid"
	" where k.contype = 'f' and t.relname = $1 and k.conparentid = 0 and (k.confdeltype in ('a', 'r')"
	" or (k.confdeltype = 'n' and exists (select from pg_catalog.pg_attribute a where a.attrelid = k.conrelid"
	" and a.attnum = any(k.conkey) and a.attnotnull)))"
	" and pg_catalog.has_schema_privilege(o.relnamespace, 'usage')"
	" and pg_catalog.has_table_privilege(o.oid, 'select') order by 2, 1";

enum { NAME, TABLE, COUNTING, KEY_WIDTH };

static fallible read_keys(struct db *db, const char *table, const char *where, struct strings *found)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	const struct db_value parameters[] = {db_text(table), db_text(where)};
	TRY(db_query(db, keys, parameters, COUNT(parameters), &rows));
	while (db_row(rows, &error))
		for (int column = 0; column < KEY_WIDTH; column++)
			strings_add(found, db_cell_text(rows, column));
	return error;
}

fallible own_find_references(struct blockers *blockers, const char *table, const char *where)
{
	struct db *db = blockers->installation->db;
	AUTO(strings) struct strings found = {0};
	if (!db_can(db, DB_CAN_ALTER_TABLES))
		return NULL;
	TRY(read_keys(db, table, where, &found));
	for (size_t i = 0; i < found.count; i += KEY_WIDTH) {
		int64_t count;
		char *const *key = found.items + i;
		TRY(db_single_integer(db, key[COUNTING], NULL, 0, &count));
		if (count)
			blockers_add(blockers, drop_key,
				     "the foreign key %s of the table %s: %lld of its rows refer to rows of %s that "
				     "are deleted",
				     key[NAME], key[TABLE], (long long)count, table);
	}
	return NULL;
}

/* ---- tables that inherit ---- */

/* A partition is a part of its table, and has no rows that the table has not. */
static const char heirs[] =
	"select i.inhrelid::regclass::text, p.relname from pg_catalog.pg_inherits i"
	" join pg_catalog.pg_class p on p.oid = i.inhparent and p.relkind = 'r'"
	" join pg_catalog.pg_namespace n on n.oid = p.relnamespace and n.nspname = current_schema() order by 1, 2";

static fallible add_heirs(struct blockers *blockers, const struct strings *own)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_query(blockers->installation->db, heirs, NULL, 0, &rows));
	while (db_row(rows, &error)) {
		AUTO(memory) char *owners = text_format("table %s", db_cell_text(rows, 1));
		if (!strings_have(own, owners))
			blockers_add(blockers, end_inheritance,
				     "the table %s inherits from %s: its rows would be taken for rows of that",
				     db_cell_text(rows, 0), db_cell_text(rows, 1));
	}
	return error;
}

fallible own_find_heirs(struct blockers *blockers, const struct revision *from)
{
	int64_t count;
	AUTO(strings) struct strings own = {0};
	struct db *db = blockers->installation->db;
	if (!db_can(db, DB_CAN_ALTER_TABLES))
		return NULL;
	TRY(db_single_integer(db, "select count(*) from pg_catalog.pg_inherits", NULL, 0, &count));
	if (!count)
		return NULL;
	blockers->revision = revision_at(from->ordinal + 1);
	TRY(own_find(db, from, &own));
	return add_heirs(blockers, &own);
}
