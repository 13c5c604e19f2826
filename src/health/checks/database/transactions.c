/* Transactions that are open for too long. */
#include "base/memory.h"
#include "db/db.h"
#include "health/result.h"
#include "health/sql_words.h"

/* A request of Open WebUI is done within seconds. */
#define LONG_S "300"
#define HARMFUL_S 3600
/* What is known to take hours, and only reads: a dump, a base backup, owctl's own backup. */
#define LONG_BY_NATURE "application_name in ('pg_dump', 'pg_dumpall', 'pg_restore', 'pg_basebackup') " \
		       "or application_name like 'owctl%'"

static void tell(struct checking *checking, const struct db_rows *row, const char *before, const char *after)
{
	int64_t seconds = db_cell_integer(row, 1);
	AUTO(memory) char *time = sql_duration(seconds);
	checking_found_as(checking, seconds < HARMFUL_S ? SEVERITY_WARNING : SEVERITY_CRITICAL, db_cell_text(row, 0),
			  "%s%s%s", before, time, after);
}

static void tell_working(struct checking *checking, const struct db_rows *row)
{
	tell(checking, row, "has been in one transaction for ", "");
}

static fallible look_for_working(struct checking *checking)
{
	return sql_each_session(
		checking,
		"select " SQL_SESSION("a") ", " SQL_SECONDS_SINCE("xact_start") " from pg_stat_activity a "
		"where datname = current_database() and backend_type = 'client backend' "
		"and pid <> pg_backend_pid() and state not like 'idle%' "
		"and xact_start < clock_timestamp() - interval '" LONG_S " s' "
		"and not (" LONG_BY_NATURE ") order by xact_start limit 10",
		tell_working);
}

HEALTH_CHECK(working) = {
	.code = "OW312",
	.name = "transactions-short",
	.title = "no statement runs for minutes",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "Until it ends no dead row of any table is removed that died after it began, and what it has locked "
	       "stays locked. A warning from 5 minutes, critical from an hour. Dumps and backups are left out.",
	.remedy = "see what it does in pg_stat_activity; `select pg_cancel_backend(PID)` ends the statement",
	.page = "https://www.postgresql.org/docs/current/monitoring-stats.html",
	.run = look_for_working,
};

static void tell_idle(struct checking *checking, const struct db_rows *row)
{
	tell(checking, row, "has had a transaction open for ", " and does nothing");
}

static fallible look_for_idle(struct checking *checking)
{
	return sql_each_session(
		checking,
		"select " SQL_SESSION("a") ", " SQL_SECONDS_SINCE("xact_start") " from pg_stat_activity a "
		"where datname = current_database() and backend_type = 'client backend' "
		"and state like 'idle in transaction%' "
		"and state_change < clock_timestamp() - interval '" LONG_S " s' "
		"and not (" LONG_BY_NATURE ") order by xact_start limit 10",
		tell_idle);
}

HEALTH_CHECK(idle) = {
	.code = "OW313",
	.name = "transactions-not-idle",
	.title = "nobody holds a transaction open and does nothing",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "It keeps its locks, and keeps dead rows from being removed, for nothing: a program that was forgotten, "
	       "or a connection that is lost to its pool. A warning from 5 minutes, critical from an hour.",
	.remedy = "`select pg_terminate_backend(PID)`; idle_in_transaction_session_timeout ends such sessions by "
		  "itself",
	.page = "https://www.postgresql.org/docs/current/runtime-config-client.html",
	.run = look_for_idle,
};

static void tell_prepared(struct checking *checking, const struct db_rows *row)
{
	tell(checking, row, "was prepared ", " ago, and neither committed nor rolled back since");
}

static fallible look_for_prepared(struct checking *checking)
{
	return sql_each(checking,
			"select format('transaction \"%s\" of %s', gid, owner), " SQL_SECONDS_SINCE("prepared")
			" from pg_prepared_xacts where database = current_database() "
			"and prepared < clock_timestamp() - interval '" LONG_S " s' order by prepared limit 10",
			tell_prepared);
}

HEALTH_CHECK(prepared) = {
	.code = "OW314",
	.name = "transactions-not-prepared",
	.title = "no prepared transaction was forgotten",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "It survives its session, and even the server's restart, with all locks, and keeps dead rows until the "
	       "server stops for want of transaction numbers. Open WebUI makes none. A warning from 5 minutes, "
	       "critical from an hour.",
	.remedy = "ROLLBACK PREPARED 'NAME' (or COMMIT PREPARED), as whoever made it says",
	.page = "https://www.postgresql.org/docs/current/sql-prepare-transaction.html",
	.run = look_for_prepared,
};
