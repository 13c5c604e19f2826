#include "backup/beside.h"

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "crypto/digest.h"
#include "migrate/elsewhere.h"

#define MARK "owctl backup restore"

static const char possible_sql[] =
	"SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE')"
	" AND pg_catalog.has_schema_privilege(current_schema(), 'CREATE')"
	" AND NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n"
	" ON n.oid = d.defaclnamespace WHERE n.nspname = current_schema())";

fallible beside_possible(struct db *db, bool *possible)
{
	int64_t answer = 0;
	*possible = false;
	if (db_can(db, DB_CAN_USE_SCHEMAS))
		TRY(db_single_integer(db, possible_sql, NULL, 0, &answer));
	*possible = answer;
	return NULL;
}

/* ---- what others left ---- */

static const char left_sql[] =
	"SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE pg_catalog.pg_has_role(n.nspowner, 'USAGE')"
	" AND pg_catalog.strpos(n.nspname::text, '" BESIDE_PREFIX "') = 1"
	" AND pg_catalog.strpos(pg_catalog.obj_description(n.oid, 'pg_namespace'), '" MARK "') = 1 ORDER BY n.nspname";

fallible beside_find(struct db *db, struct strings *schemas)
{
	if (!db_can(db, DB_CAN_USE_SCHEMAS))
		return NULL;
	TRY(db_begin(db, DB_READ));
	struct error *error = db_texts(db, left_sql, NULL, 0, schemas);
	db_rollback(db);
	return error;
}

static fallible drop(struct db *db, const char *schema)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "DROP SCHEMA ");
	db_add_identifier(&sql, schema);
	str_add(&sql, " CASCADE");
	TRY(db_begin(db, DB_WRITE));
	struct error *error = db_script(db, str_text(&sql));
	if (!error)
		return db_commit(db);
	db_rollback(db);
	return error;
}

fallible beside_sweep(struct db *db, const struct strings *schemas)
{
	for (size_t i = 0; i < schemas->count; i++) {
		const char *schema = schemas->items[i];
		AUTO(error) struct error *error = drop(db, schema);
		TRY(cancel_check());
		if (error)
			log_warning("the schema \"%s\", which a restore left that was cut off, stays for now: %s",
				    schema, error->message);
		else
			log_note("dropped the schema \"%s\", which a restore left that was cut off", schema);
	}
	return NULL;
}

/* ---- one ---- */

/* A table in it that the snapshot has none of: it is called as the schema. */
static void add_pin(struct str *sql, const char *schema)
{
	str_add_format(sql, "TABLE %s.%s", schema, schema);
}

fallible beside_make(struct db *db, const char *snapshot, char **schema)
{
	AUTO(str) struct str sql = {0};
	unsigned char random[4];
	char digits[2 * sizeof random + 1];
	random_bytes(random, sizeof random);
	hex_text(random, sizeof random, digits);
	*schema = text_format(BESIDE_PREFIX "%s", digits);
	str_add_format(&sql,
		       "CREATE SCHEMA %s; COMMENT ON SCHEMA %s IS '" MARK " of %s: what is here is under way, or was "
		       "cut off, and is dropped by the next one'; CREATE ",
		       *schema, *schema, snapshot);
	add_pin(&sql, *schema);
	str_add(&sql, " ()");
	return error_wrap(db_script(db, str_text(&sql)), "making a schema to load into");
}

fallible beside_begin(struct db *db, const char *schema)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "LOCK ");
	add_pin(&sql, schema);
	str_add(&sql, " IN ACCESS SHARE MODE");
	TRY(db_begin(db, DB_WRITE));
	return error_wrap(db_script(db, str_text(&sql)), "looking for the schema that is loaded into");
}

/* Sequences that belong to a column go with their tables, as indexes do. */
static const char moves_sql[] =
	"SELECT pg_catalog.format('ALTER %s %I.%I SET SCHEMA %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE'"
	" WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, n.nspname, c.relname,"
	" current_schema()) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	" WHERE n.nspname = $1::text AND c.relkind IN ('r', 'v', 'm', 'S') AND (c.relkind <> 'S' OR NOT EXISTS"
	" (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid"
	" AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')))"
	" ORDER BY c.relname";

fallible beside_move(struct db *db, const char *schema)
{
	AUTO(strings) struct strings moves = {0};
	AUTO(str) struct str sql = {0};
	const struct db_value name = db_text(schema);
	str_add(&sql, "DROP ");
	add_pin(&sql, schema);
	TRY(db_script(db, str_text(&sql)));
	TRY(db_texts(db, moves_sql, &name, 1, &moves));
	str_clear(&sql);
	for (size_t i = 0; i < moves.count; i++)
		str_add_format(&sql, "%s;\n", moves.items[i]);
	str_add_format(&sql, "DROP SCHEMA %s", schema);
	return error_wrap(db_script(db, str_text(&sql)), "moving the tables to where they belong");
}
