/* SQL functions that SQLite lacks. They stand in owctl's own statements alone, never in what a schema keeps. */
#include <string.h>

#include "base/utf8.h"
#include "db/sqlite/sqlite.h"

/* SQLite's own lower() knows A to Z; PostgreSQL's knows the letters that the C library knows. */
static void lower_unicode(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const char *text = (const char *)sqlite3_value_text(values[0]);
	if (!text)
		return; /* NULL */
	AUTO(str) struct str lower = {0};
	utf8_add_lower(&lower, text);
	sqlite3_result_text(context, str_text(&lower), (int)lower.size, SQLITE_TRANSIENT);
}

int sqlite_add_functions(sqlite3 *handle)
{
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	return sqlite3_create_function_v2(handle, "lower_unicode", 1, flags, NULL, lower_unicode, NULL, NULL, NULL);
}
