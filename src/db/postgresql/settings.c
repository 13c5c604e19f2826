#include <stdlib.h>

#include "db/postgresql/postgresql.h"

/* How long beyond the statement time-out, when the server itself stops, it may be silent before it counts as dead. */
#define GRACE_S 5

#define VERSION_WITH_TRANSACTION_TIMEOUT 170000

/* A time-out of 0 is told as well, as the role may have its own, too short for a backup. */
void pg_add_settings(struct str *sql, const struct pg *pg, const char *set, int64_t statement_timeout_s)
{
	str_add_format(sql, "%s statement_timeout = '%llds'; ", set, (long long)statement_timeout_s);
	str_add_format(sql, "%s lock_timeout = '%llds'; ", set, (long long)pg->base.options.lock_timeout_s);
	/* Rows that a policy would hide are an error: they are not to be taken for rows that are not there. */
	str_add_format(sql, "%s row_security = off; ", set);
	/* Else a backslash in a text of ours would be taken for the beginning of something. */
	str_add_format(sql, "%s standard_conforming_strings = on; ", set);
	if (PQserverVersion(pg->connection) >= VERSION_WITH_TRANSACTION_TIMEOUT)
		str_add_format(sql, "%s transaction_timeout = 0; ", set);
	if (pg->schema) {
		str_add_format(sql, "%s search_path = ", set);
		db_add_identifier(sql, pg->schema);
		str_add(sql, "; ");
	}
}

void pg_add_resets(struct str *sql, const struct pg *pg)
{
	str_add(sql, "RESET statement_timeout; RESET lock_timeout; RESET row_security; "
		     "RESET standard_conforming_strings; ");
	if (PQserverVersion(pg->connection) >= VERSION_WITH_TRANSACTION_TIMEOUT)
		str_add(sql, "RESET transaction_timeout; ");
	if (pg->schema)
		str_add(sql, "RESET search_path; ");
}

void pg_set_patience(struct pg *pg)
{
	const struct db_options *options = &pg->base.options;
	pg->patience_s =
		options->statement_timeout_s ? options->statement_timeout_s + GRACE_S : options->silence_timeout_s;
}

/* PostgreSQL takes a search path to nowhere without a word. */
fallible pg_check_state(const struct pg *pg, const PGresult *state)
{
	bool told = PQntuples(state) == 1 && PQnfields(state) == 3;
	if (pg->schema && (!told || PQgetisnull(state, 0, 0)))
		return error_hint(error_new(ERR_SETTINGS, "%s: there is no schema \"%s\", or it may not be used",
					    pg->base.display, pg->schema),
				  "check DATABASE_SCHEMA, or create it: CREATE SCHEMA");
	if (pg->session && (!told || strtoll(PQgetvalue(state, 0, 2), NULL, 10) != pg->session))
		return pg_session_lent(pg);
	return NULL;
}
