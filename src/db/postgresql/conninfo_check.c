#include <stdlib.h>
#include <string.h>

#include "db/postgresql/postgresql.h"

/* The complaint quotes the words that libpq can't read, and one of them may be half a password. */
static fallible unreadable(const char *conninfo, const char *complaint)
{
	bool secret = !complaint || strcasestr(conninfo, "password") || strstr(conninfo, "://");
	struct error *error =
		secret ? error_new(ERR_SETTINGS, "the connection string can't be read")
		       : error_new(ERR_SETTINGS, "the connection string can't be read: %.*s",
				   (int)strcspn(complaint, "\n"), complaint);
	return error_hint(error, "see libpq's connection strings; a value with blanks stands in quotes: key='a b'");
}

/* libpq obeys its own connect_timeout only where it waits itself. */
static int64_t connect_timeout_of(const PQconninfoOption *options)
{
	const char *value = NULL;
	for (; options->keyword; options++)
		if (!strcmp(options->keyword, "connect_timeout"))
			value = options->val;
	if (!value)
		value = getenv("PGCONNECT_TIMEOUT");
	int64_t seconds = value ? strtoll(value, NULL, 10) : 0;
	return seconds > 0 ? seconds : 0;
}

fallible pg_check_conninfo(const char *conninfo, int64_t *timeout_s)
{
	char *complaint = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &complaint);
	struct error *error = options ? NULL : unreadable(conninfo, complaint);
	PQfreemem(complaint);
	if (options)
		*timeout_s = connect_timeout_of(options);
	PQconninfoFree(options);
	return error;
}
