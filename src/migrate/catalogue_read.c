/* A few statements an engine, which give the same rows on both: columns, indexes, foreign keys, and what else there
 * is. */
#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/catalogue.h"

#define SQLITE_TABLES                                                   \
	" sqlite_master m WHERE m.type = 'table'"                       \
	" AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"                 \
	" AND m.sql NOT LIKE 'create virtual%'"

#define POSTGRESQL_TABLES                                                                           \
	" pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"           \
	" AND n.nspname = current_schema() AND t.relkind IN ('r', 'p') AND NOT EXISTS"              \
	" (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass"    \
	" AND d.objid = t.oid AND d.deptype = 'e')"

/* ---- columns ---- */

enum { TABLE, COLUMN, DECLARED, REQUIRED, KEY };

static const char sqlite_columns[] =
	"SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM (SELECT m.name FROM" SQLITE_TABLES
	") m JOIN pragma_table_xinfo(m.name) c WHERE c.hidden <> 1 ORDER BY m.name, c.cid";

static const char postgresql_columns[] =
	"SELECT t.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,"
	" coalesce(k.place, 0)"
	" FROM" POSTGRESQL_TABLES " JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0"
	" AND NOT a.attisdropped"
	" LEFT JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisprimary"
	" LEFT JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place) ON k.attnum = a.attnum"
	" ORDER BY t.relname COLLATE \"C\", a.attnum";

/* The first word that the declared type holds; SQLite takes any text for one. */
static const struct {
	const char *part;
	enum type_class type;
} type_parts[] = {
	{"jsonb", TYPE_OTHER},   {"json", TYPE_JSON},  {"char", TYPE_TEXT}, {"text", TYPE_TEXT},
	{"int", TYPE_INTEGER},   {"serial", TYPE_INTEGER}, {"bool", TYPE_BOOLEAN}, {"date", TYPE_TIME},
	{"time", TYPE_TIME},
};

static enum type_class type_of(const char *declared)
{
	for (size_t i = 0; i < COUNT(type_parts); i++)
		if (strcasestr(declared, type_parts[i].part))
			return type_parts[i].type;
	return TYPE_OTHER;
}

static struct table_shape *last_table(struct catalogue *catalogue)
{
	return catalogue->count ? &catalogue->tables[catalogue->count - 1] : NULL;
}

static void add_column(struct catalogue *catalogue, const struct db_rows *row)
{
	struct table_shape *table = last_table(catalogue);
	if (!table || !text_equal(table->name, db_cell_text(row, TABLE))) {
		catalogue->tables =
			mem_resize(catalogue->tables, catalogue->count + 1, sizeof *catalogue->tables);
		table = &catalogue->tables[catalogue->count++];
		*table = (struct table_shape){.name = text_copy(db_cell_text(row, TABLE))};
	}
	const char *declared = db_cell_text(row, DECLARED) ? db_cell_text(row, DECLARED) : "";
	table->columns = mem_resize(table->columns, table->column_count + 1, sizeof *table->columns);
	table->columns[table->column_count++] = (struct column_shape){.name = text_copy(db_cell_text(row, COLUMN)),
								     .declared = text_copy(declared),
								     .type = type_of(declared),
								     .required = db_cell_integer(row, REQUIRED),
								     .key = (int)db_cell_integer(row, KEY)};
}

/* ---- indexes and foreign keys: a row a column ---- */

enum { NAME = 1, MEMBER, KIND, NAMED, PARTIAL, INVALID, SQL, REFERS = SQL, ACTIONS, REFERRED };

static const char sqlite_indexes[] =
	"SELECT m.name, l.name, coalesce(x.name, '<expression>'), l.\"unique\", l.origin = 'c', l.partial, 0,"
	" (SELECT sql FROM sqlite_master WHERE type = 'index' AND name = l.name)"
	" FROM (SELECT m.name FROM" SQLITE_TABLES ") m JOIN pragma_index_list(m.name) l"
	" JOIN pragma_index_xinfo(l.name) x WHERE l.origin <> 'pk' AND x.key = 1 ORDER BY m.name, l.name, x.seqno";

static const char postgresql_indexes[] =
	"SELECT t.relname, c.relname, coalesce(a.attname, '<expression>'), i.indisunique,"
	" NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.conindid = c.oid AND o.contype IN ('u', 'x')),"
	" i.indpred IS NOT NULL, NOT i.indisvalid, pg_catalog.pg_get_indexdef(c.oid)"
	" FROM" POSTGRESQL_TABLES " JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND NOT i.indisprimary"
	" JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
	" CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)"
	" LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum"
	" WHERE k.place <= i.indnkeyatts ORDER BY t.relname COLLATE \"C\", c.relname COLLATE \"C\", k.place";

static const char sqlite_foreign_keys[] =
	"SELECT m.name, f.id, f.\"from\", 0, 0, 0, 0, f.\"table\","
	" 'ON DELETE ' || upper(f.on_delete) || ' ON UPDATE ' || upper(f.on_update), coalesce(f.\"to\", 'id')"
	" FROM (SELECT m.name FROM" SQLITE_TABLES ") m JOIN pragma_foreign_key_list(m.name) f"
	" ORDER BY m.name, f.id, f.seq";

#define POSTGRESQL_ACTION(column)                                                                       \
	" CASE " column " WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'"    \
	" WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END"

static const char postgresql_foreign_keys[] =
	"SELECT t.relname, o.conname, a.attname, 0, 0, 0, NOT o.convalidated, r.relname,"
	" 'ON DELETE ' ||" POSTGRESQL_ACTION("o.confdeltype") " || ' ON UPDATE ' ||" POSTGRESQL_ACTION("o.confupdtype")
	", b.attname FROM" POSTGRESQL_TABLES
	" JOIN pg_catalog.pg_constraint o ON o.conrelid = t.oid AND o.contype = 'f'"
	" JOIN pg_catalog.pg_class r ON r.oid = o.confrelid"
	" CROSS JOIN LATERAL unnest(o.conkey, o.confkey) WITH ORDINALITY k(child, parent, place)"
	" JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.child"
	" JOIN pg_catalog.pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.parent"
	" ORDER BY t.relname COLLATE \"C\", o.conname COLLATE \"C\", k.place";

static struct table_shape *table_of(struct catalogue *catalogue, const struct db_rows *row)
{
	const struct table_shape *table = catalogue_table(catalogue, db_cell_text(row, TABLE));
	return table ? &catalogue->tables[table - catalogue->tables] : NULL;
}

/* The key that the row belongs to: the one before it, or a new one. */
static struct key_shape *key_of(struct table_shape *table, enum key_kind kind, const char *name)
{
	struct key_shape *last = table->key_count ? &table->keys[table->key_count - 1] : NULL;
	if (last && (last->kind == KEY_FOREIGN) == (kind == KEY_FOREIGN) && text_equal(last->name, name))
		return last;
	table->keys = mem_resize(table->keys, table->key_count + 1, sizeof *table->keys);
	last = &table->keys[table->key_count++];
	*last = (struct key_shape){.kind = kind, .name = text_copy(name)};
	return last;
}

static void add_index(struct catalogue *catalogue, const struct db_rows *row)
{
	struct table_shape *table = table_of(catalogue, row);
	if (!table)
		return;
	struct key_shape *key =
		key_of(table, db_cell_integer(row, KIND) ? KEY_UNIQUE : KEY_INDEX, db_cell_text(row, NAME));
	strings_add(&key->columns, db_cell_text(row, MEMBER));
	key->named = db_cell_integer(row, NAMED);
	key->partial = db_cell_integer(row, PARTIAL);
	key->invalid = db_cell_integer(row, INVALID);
	if (!key->sql)
		key->sql = text_copy(db_cell_text(row, SQL));
}

static void add_foreign_key(struct catalogue *catalogue, const struct db_rows *row)
{
	struct table_shape *table = table_of(catalogue, row);
	if (!table)
		return;
	struct key_shape *key = key_of(table, KEY_FOREIGN, db_cell_text(row, NAME));
	strings_add(&key->columns, db_cell_text(row, MEMBER));
	strings_add(&key->parent_columns, db_cell_text(row, REFERRED));
	key->invalid = db_cell_integer(row, INVALID);
	if (key->parent)
		return;
	key->parent = text_copy(db_cell_text(row, REFERS));
	key->actions = text_copy(db_cell_text(row, ACTIONS));
}

/* ---- what else there is ---- */

static const char sqlite_texts[] = "SELECT m.name, m.sql FROM" SQLITE_TABLES;

static void add_text(struct catalogue *catalogue, const struct db_rows *row)
{
	struct table_shape *table = table_of(catalogue, row);
	if (table)
		table->text = text_copy(db_cell_text(row, 1));
}

static const char sqlite_others[] =
	"SELECT CASE type WHEN 'table' THEN 'virtual table ' || name"
	" WHEN 'trigger' THEN 'trigger ' || name || ' on ' || tbl_name ELSE type || ' ' || name END FROM sqlite_master"
	" WHERE type IN ('view', 'trigger') OR (type = 'table' AND sql LIKE 'create virtual%') ORDER BY 1";

static const char postgresql_others[] =
	"SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'foreign table ' END"
	" || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	" AND n.nspname = current_schema() WHERE c.relkind IN ('v', 'm', 'f') AND NOT EXISTS"
	" (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid"
	" AND d.deptype = 'e')"
	" UNION ALL SELECT 'trigger ' || g.tgname || ' on ' || t.relname FROM" POSTGRESQL_TABLES
	" JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal ORDER BY 1";

static void add_other(struct catalogue *catalogue, const struct db_rows *row)
{
	strings_add(&catalogue->others, db_cell_text(row, 0));
}

static const struct {
	const char *sqlite, *postgresql;
	void (*add)(struct catalogue *catalogue, const struct db_rows *row);
} parts[] = {
	{sqlite_columns, postgresql_columns, add_column},
	{sqlite_indexes, postgresql_indexes, add_index},
	{sqlite_foreign_keys, postgresql_foreign_keys, add_foreign_key},
	{sqlite_texts, NULL, add_text},
	{sqlite_others, postgresql_others, add_other},
};

fallible catalogue_read(struct db *db, struct catalogue *catalogue)
{
	struct error *error = NULL;
	for (size_t i = 0; !error && i < COUNT(parts); i++) {
		const char *sql = db_pick(db, parts[i].sqlite, parts[i].postgresql);
		AUTO(db_rows) struct db_rows *rows = NULL;
		if (!sql)
			continue;
		TRY(db_query(db, sql, NULL, 0, &rows));
		while (db_row(rows, &error))
			parts[i].add(catalogue, rows);
	}
	return error;
}
