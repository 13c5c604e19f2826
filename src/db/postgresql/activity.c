/* Who else is connected, as pg_stat_activity shows it. */
#include <stdlib.h>

#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* Both names are of others' choosing. */
static void add_program(struct str *out, const char *name)
{
	if (!name || !*name)
		str_add(out, "a program without a name");
	else
		str_add_format(out, text_starts(name, "owctl pid ") ? "%s" : "\"%s\"", name);
}

/* An address is there for TCP, and only for those who may see it; likewise the time. */
char *pg_activity_words(const struct db_rows *rows)
{
	struct str out = {0};
	const char *role = db_cell_text(rows, 1), *address = db_cell_text(rows, 2), *since = db_cell_text(rows, 4);
	add_program(&out, db_cell_text(rows, 0));
	if (role)
		str_add_format(&out, " of role \"%s\"", role);
	if (address)
		str_add_format(&out, " from %s", address);
	if (since)
		str_add_format(&out, ", since %s", since);
	str_add_format(&out, " (server pid %lld)", (long long)db_cell_integer(rows, 3));
	return str_take(&out);
}

static fallible collect(struct db *db, const char *sql, const struct strings *names, struct strings *found)
{
	AUTO(memory) struct db_value *values = mem_new(names ? names->count : 1, sizeof *values);
	AUTO(db_rows) struct db_rows *rows = NULL;
	for (size_t i = 0; names && i < names->count; i++)
		values[i] = db_text(names->items[i]);
	TRY(db_query(db, sql, values, names ? names->count : 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add_taken(found, pg_activity_words(rows));
	return error;
}

/* In a transaction of its own: the server shows one the same picture throughout. */
static fallible look(struct db *db, const char *sql, const struct strings *names, struct strings *found)
{
	TRY(db_begin(db, DB_READ));
	struct error *error = collect(db, sql, names, found);
	db_rollback(db);
	return error;
}

/* backend_type is among what is hidden; those without a role are the server's own. */
fallible pg_others(struct db *db, struct strings *others)
{
	return look(db,
		    "SELECT " PG_ACTIVITY " FROM pg_catalog.pg_stat_activity a"
		    " WHERE a.datname = current_database() AND a.usesysid IS NOT NULL"
		    " AND coalesce(a.backend_type, 'client backend') = 'client backend'"
		    " AND a.pid <> pg_backend_pid()"
		    " AND a.application_name <> 'owctl' AND a.application_name NOT LIKE 'owctl pid %'"
		    " ORDER BY a.backend_start, a.pid",
		    NULL, others);
}

/* Those who wait for a lock as well have none. */
fallible pg_lock_holders(struct db *db, const struct strings *tables, struct strings *holders)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "SELECT " PG_ACTIVITY_SINCE("xact_start") " FROM pg_catalog.pg_stat_activity a"
		      " WHERE a.pid <> pg_backend_pid() AND EXISTS (SELECT FROM pg_catalog.pg_locks l"
		      " JOIN pg_catalog.pg_class c ON c.oid = l.relation WHERE l.pid = a.pid AND l.granted"
		      " AND l.database = a.datid AND pg_catalog.pg_table_is_visible(c.oid) AND c.relname IN (");
	for (size_t i = 0; i < tables->count; i++)
		str_add_format(&sql, "%s$%zu", i ? ", " : "", i + 1);
	str_add(&sql, ")) ORDER BY a.xact_start NULLS LAST, a.pid LIMIT 5");
	return look(db, str_text(&sql), tables, holders);
}
