/* Errors that the server sends. DETAIL and CONTEXT may show a row's values, and so a password hash or a token: of them
 * only the column names and the row's number are told. */
#include <stdlib.h>
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* "Key (lower(email))=(..) already exists." -> "Key (lower(email))" */
static void add_key(struct str *message, const char *sqlstate, const char *detail)
{
	const char *end = detail && !strncmp(sqlstate, "23", 2) ? strstr(detail, ")=(") : NULL;
	if (!end || strncmp(detail, "Key (", 5) != 0)
		return;
	str_add(message, ": ");
	str_add_n(message, detail, (size_t)(end - detail) + 1);
}

static fallible text_of(struct pg *pg, const PGresult *result, const struct pg_meaning *meaning, const char *sqlstate)
{
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	AUTO(str) struct str message = {0};
	/* What is wrong with the server, not with the statement, is told with the server's name. */
	if (meaning->code == ERR_UNREACHABLE || meaning->code == ERR_BUSY || meaning->code == ERR_PERMISSION)
		str_add_format(&message, "%s: ", pg->base.display);
	AUTO(memory) char *said = text_without(primary ? primary : "", &pg->secrets);
	str_add(&message, *said ? said : "an error without a message");
	add_key(&message, sqlstate, PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
	struct error *error = error_new(meaning->code, "%s", str_text(&message));
	return meaning->hint ? error_hint(error, "%s", meaning->hint) : error;
}

fallible pg_lost(struct pg *pg)
{
	pg->lost = true;
	return error_hint(error_new(ERR_UNREACHABLE, "%s: the connection was lost", pg->base.display),
			  "is the server still there? run the command again when it is");
}

/* Two that make the same table at once meet in the catalogue's own unique indexes; later ones find it there. */
static bool name_taken(const PGresult *result, const char *sqlstate)
{
	const char *schema = PQresultErrorField(result, PG_DIAG_SCHEMA_NAME);
	return !strcmp(sqlstate, "42P07") || (!strcmp(sqlstate, "23505") && text_equal(schema, "pg_catalog"));
}

/* A lock time-out, a deadlock, a serialization failure. */
static bool is_of_others(const char *sqlstate)
{
	return !strcmp(sqlstate, "55P03") || !strcmp(sqlstate, "40P01") || !strcmp(sqlstate, "40001");
}

fallible pg_result_error(struct pg *pg, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_FATAL_ERROR && status != PGRES_BAD_RESPONSE)
		return NULL;
	if (PQstatus(pg->connection) == CONNECTION_BAD)
		pg->lost = true;
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (!sqlstate)
		return pg_lost(pg);
	pg->base.name_taken = name_taken(result, sqlstate);
	pg->base.blocked = pg->base.blocked || is_of_others(sqlstate);
	return text_of(pg, result, pg_meaning_of(sqlstate), sqlstate);
}
