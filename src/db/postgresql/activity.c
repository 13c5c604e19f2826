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

/* backend_type is among what is hidden; those without a role are the server's own. */
static fallible collect(struct db *db, struct strings *others)
{
	static const char sql[] = "SELECT " PG_ACTIVITY " FROM pg_catalog.pg_stat_activity a"
				  " WHERE a.datname = current_database() AND a.usesysid IS NOT NULL"
				  " AND coalesce(a.backend_type, 'client backend') = 'client backend'"
				  " AND a.pid <> pg_backend_pid()"
				  " AND a.application_name <> 'owctl' AND a.application_name NOT LIKE 'owctl pid %'"
				  " ORDER BY a.backend_start, a.pid";
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add_taken(others, pg_activity_words(rows));
	return error;
}

/* In a transaction of its own: the server shows one the same picture throughout. */
fallible pg_others(struct db *db, struct strings *others)
{
	TRY(db_begin(db, DB_READ));
	struct error *error = collect(db, others);
	db_rollback(db);
	return error;
}
