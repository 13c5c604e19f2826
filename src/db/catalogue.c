/* Names: which tables and columns are there, and how a name is written in SQL. Without DATABASE_SCHEMA, Open WebUI's
 * tables are in the first schema of the search path that exists, as current_schema() tells. */
#include <stdlib.h>

#include "base/memory.h"
#include "db/driver.h"

#define POSTGRESQL_TABLES                                                                   \
	"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"    \
	" WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')"

void db_add_identifier(struct str *sql, const char *name)
{
	str_add_char(sql, '"');
	for (; *name; name++) {
		if (*name == '"')
			str_add_char(sql, '"');
		str_add_char(sql, *name);
	}
	str_add_char(sql, '"');
}

static fallible exists(struct db *db, const char *sql, const struct db_value *parameters, size_t count, bool *answer)
{
	int64_t number;
	TRY(db_single_integer(db, sql, parameters, count, &number));
	*answer = number != 0;
	return NULL;
}

/* ---- many questions over a line ---- */

/* None of a table or column that is asked for has it. */
#define COLUMN_FOLLOWS '\1'

static fallible add_names(struct db *db, struct strings *names)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_query(db,
		     "SELECT c.relname, a.attname FROM (SELECT c.oid, c.relname FROM " POSTGRESQL_TABLES ") c"
		     " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
		     " AND NOT a.attisdropped",
		     NULL, 0, &rows));
	while (db_row(rows, &error)) {
		const char *table = db_cell_text(rows, 0), *column = db_cell_text(rows, 1);
		strings_add(names, table);
		if (column)
			strings_add_taken(names, text_format("%s%c%s", table, COLUMN_FOLLOWS, column));
	}
	return error;
}

void db_forget_names(struct db *db)
{
	if (db->names)
		strings_cleanup(db->names);
	free(db->names);
	db->names = NULL;
}

/* What a transaction that only reads sees does not change, and each question is a way to the server and back: they
 * are answered from one list. *known false: it has to be asked. */
static fallible look_up(struct db *db, const char *name, bool *known, bool *answer)
{
	*known = db_can(db, DB_CAN_ALTER_TABLES) && db->in_transaction && !db->writing;
	if (!*known)
		return NULL;
	if (!db->names) {
		db->names = mem_new(1, sizeof *db->names);
		struct error *error = add_names(db, db->names);
		if (error)
			db_forget_names(db);
		TRY(error);
	}
	*answer = strings_have(db->names, name);
	return NULL;
}

fallible db_table_exists(struct db *db, const char *table, bool *answer)
{
	bool known;
	TRY(look_up(db, table, &known, answer));
	if (known)
		return NULL;
	const char *sql = db_pick(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
				  "SELECT count(*) FROM " POSTGRESQL_TABLES " AND c.relname = $1");
	const struct db_value name = db_text(table);
	return exists(db, sql, &name, 1, answer);
}

fallible db_column_exists(struct db *db, const char *table, const char *column, bool *answer)
{
	bool known;
	AUTO(memory) char *both = text_format("%s%c%s", table, COLUMN_FOLLOWS, column);
	TRY(look_up(db, both, &known, answer));
	if (known)
		return NULL;
	const char *sql = db_pick(db, "SELECT count(*) FROM pragma_table_info($1) WHERE name = $2",
				  "SELECT count(*) FROM " POSTGRESQL_TABLES " AND c.relname = $1 AND EXISTS"
				  " (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid"
				  " AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped)");
	const struct db_value names[] = {db_text(table), db_text(column)};
	return exists(db, sql, names, COUNT(names), answer);
}

/* ---- all of them ---- */

fallible db_tables(struct db *db, struct strings *names)
{
	const char *sql = db_pick(db,
				  "SELECT name FROM sqlite_master WHERE type = 'table'"
				  " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
				  "SELECT c.relname FROM " POSTGRESQL_TABLES " AND NOT EXISTS"
				  " (SELECT 1 FROM pg_catalog.pg_depend d"
				  " WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid"
				  " AND d.deptype = 'e') ORDER BY c.relname");
	return db_texts(db, sql, NULL, 0, names);
}

fallible db_columns(struct db *db, struct db_rows **rows)
{
	const char *sql = db_pick(db,
				  "SELECT m.name, c.name, lower(c.type)"
				  " FROM sqlite_master m, pragma_table_info(m.name) c"
				  " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
				  " ORDER BY m.name, c.cid",
				  "SELECT t.relname, a.attname, pg_catalog.format_type(a.atttypid, NULL)"
				  " FROM pg_catalog.pg_attribute a JOIN"
				  " (SELECT c.oid, c.relname FROM " POSTGRESQL_TABLES ") t ON t.oid = a.attrelid"
				  " WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum");
	return db_query(db, sql, NULL, 0, rows);
}

/* Only names, oids and texts are compared, and "char": for these the engine's own operators fit exactly, and are found
 * first. */
static const char strangers[] =
	"SELECT pg_catalog.pg_describe_object(o.class, o.oid, 0) || ' of role \"' || r.rolname::text || '\"' FROM"
	" (SELECT p.tableoid, p.oid, p.proowner, p.pronamespace FROM pg_catalog.pg_proc p"
	" WHERE pg_catalog.left(p.proname::text, 6) = 'owctl_' OR p.proname IN (SELECT b.proname"
	" FROM pg_catalog.pg_proc b JOIN pg_catalog.pg_namespace s ON s.oid = b.pronamespace"
	" AND s.nspname = 'pg_catalog')"
	" UNION ALL SELECT p.tableoid, p.oid, p.oprowner, p.oprnamespace FROM pg_catalog.pg_operator p"
	" UNION ALL SELECT c.tableoid, c.oid, c.relowner, c.relnamespace FROM pg_catalog.pg_class c"
	" WHERE pg_catalog.left(c.relname::text, 6) = 'owctl_' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
	") o (class, oid, owner, schema)"
	" JOIN pg_catalog.pg_roles r ON r.oid = o.owner AND NOT r.rolsuper AND r.rolname <> current_user"
	" JOIN pg_catalog.pg_namespace n ON n.oid = o.schema AND n.nspowner <> o.owner"
	" AND n.nspname = ANY (pg_catalog.current_schemas(false))"
	" JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database() AND d.datdba <> o.owner"
	" WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace"
	" WHERE s.nspname = current_schema() AND t.relname = $1::name AND t.relowner = o.owner)"
	" AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e"
	" WHERE e.classid = o.class AND e.objid = o.oid AND e.deptype = 'e') ORDER BY 1 LIMIT 20";

fallible db_find_strangers(struct db *db, const char *table, struct strings *found)
{
	const char *sql = db_pick(db, NULL, strangers);
	const struct db_value name = db_text(table);
	return sql ? db_texts(db, sql, &name, 1, found) : NULL;
}
