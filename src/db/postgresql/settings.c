#include <stdlib.h>

#include "db/postgresql/postgresql.h"

/* How long beyond the statement time-out, when the server itself stops, it may be silent before it counts as dead. */
#define GRACE_S 5

/* What statements and those who read their answers take for given; a database or a role may have it otherwise. */
static const struct {
	const char *name, *value;
	int since; /* version of the server, as PQserverVersion tells; 0: any */
} given[] = {
	{"row_security", "off", 0}, /* rows that a policy would hide are an error, and not taken for none */
	{"standard_conforming_strings", "on", 0},
	{"bytea_output", "hex", 0},
	{"extra_float_digits", "1", 0},
	{"DateStyle", "ISO", 0},
	{"transform_null_equals", "off", 0},
	{"transaction_timeout", "0", 170000},
};

static bool has(const struct pg *pg, size_t setting)
{
	return PQserverVersion(pg->connection) >= given[setting].since;
}

/* A time-out of 0 is told as well, as the role may have its own, too short for a backup. */
void pg_add_settings(struct str *sql, const struct pg *pg, const char *set, int64_t statement_timeout_s)
{
	str_add_format(sql, "%s statement_timeout = '%llds'; ", set, (long long)statement_timeout_s);
	str_add_format(sql, "%s lock_timeout = '%llds'; ", set, (long long)pg->base.options.lock_timeout_s);
	for (size_t i = 0; i < COUNT(given); i++)
		if (has(pg, i))
			str_add_format(sql, "%s %s = %s; ", set, given[i].name, given[i].value);
	if (pg->schema) {
		str_add_format(sql, "%s search_path = ", set);
		db_add_identifier(sql, pg->schema);
		str_add(sql, "; ");
	}
}

void pg_add_resets(struct str *sql, const struct pg *pg)
{
	str_add(sql, "RESET statement_timeout; RESET lock_timeout; ");
	for (size_t i = 0; i < COUNT(given); i++)
		if (has(pg, i))
			str_add_format(sql, "RESET %s; ", given[i].name);
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
