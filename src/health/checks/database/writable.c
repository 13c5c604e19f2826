/* Whether the server that DATABASE_URL names takes writes. */
#include "db/db.h"
#include "health/result.h"
#include "health/sql_words.h"

static void tell(struct checking *checking, const struct db_rows *row)
{
	if (db_cell_integer(row, 0))
		checking_found(checking, NULL,
			       "DATABASE_URL leads to a standby (pg_is_in_recovery), which takes no writes");
	else if (db_cell_integer(row, 1))
		trouble_remedy(checking_found(checking, NULL,
					      "transactions are read only here (default_transaction_read_only, by "
					      "the %s)",
					      db_cell_text(row, 2)),
			       "find out why: services set it when the disk is full. `ALTER DATABASE NAME RESET "
			       "default_transaction_read_only`, or in the server's configuration");
}

/* Where it is set for the role alone, it is what keeps owctl's own from writing. */
static fallible look(struct checking *checking)
{
	return sql_each(checking,
			"select pg_is_in_recovery()::int, (reset_val = 'on' and source <> 'user' and source not like "
			"'%user')::int, source from pg_settings where name = 'default_transaction_read_only'",
			tell);
}

HEALTH_CHECK(not_writable) = {
	.code = "OW321",
	.name = "database-takes-writes",
	.title = "the database server takes writes",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "People can read, and whatever saves fails: signing in already does. After a fail-over the address may "
	       "still be that of the former primary.",
	.remedy = "name the primary in DATABASE_URL; with several hosts add ?target_session_attrs=read-write",
	.page = "https://www.postgresql.org/docs/current/libpq-connect.html",
	.run = look,
};
