/* How many connections the server has left. */
#include "health/result.h"
#include "health/scene.h"
#include "health/sql_words.h"

#include "db/db.h"

/* From these shares on. */
#define SOON_PERCENT 80
#define NOW_PERCENT 95

static void tell_if_used_up(struct checking *checking, const struct db_rows *row)
{
	const char *whose = db_cell_text(row, 0);
	int64_t most = db_cell_integer(row, 1), used = db_cell_integer(row, 2);
	int64_t percent = most > 0 ? used * 100 / most : 100;
	if (percent >= SOON_PERCENT)
		checking_found_as(checking, percent >= NOW_PERCENT ? SEVERITY_CRITICAL : SEVERITY_WARNING, whose,
				  "has %lld of %lld connections in use (%lld %%)", (long long)used, (long long)most,
				  (long long)percent);
}

/* Of roles and databases those that have a limit of their own; a role's counts for all databases. What kind of session
 * it is a role without pg_read_all_stats does not see of others: pg_stat_database counts them for everybody.
 * reserved_connections came with PostgreSQL 16. */
static fallible look_for_used_up(struct checking *checking)
{
	return sql_each(
		checking,
		"select 'the server', current_setting('max_connections')::bigint - "
		"current_setting('superuser_reserved_connections')::bigint - "
		"coalesce(current_setting('reserved_connections', true)::bigint, 0), "
		"(select sum(numbackends)::bigint from pg_stat_database) "
		"union all select format('database \"%s\"', datname), datconnlimit, "
		"(select numbackends::bigint from pg_stat_database s where s.datid = d.oid) "
		"from pg_database d where datname = current_database() and datconnlimit > 0 "
		"union all select format('role \"%s\"', rolname), rolconnlimit, count(*) "
		"from pg_roles r join pg_stat_activity a on a.usesysid = r.oid where rolconnlimit > 0 "
		"group by r.oid, rolname, rolconnlimit having bool_or(a.datname = current_database())",
		tell_if_used_up);
}

HEALTH_CHECK(used_up) = {
	.code = "OW310",
	.name = "connections-left",
	.title = "the database server has connections left",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "With none left, a replica whose pool wants one more fails the request, and a new replica does not "
	       "start. Those in use are compared with max_connections less what is reserved, and with limits of the "
	       "database and of roles: a warning from 80 %, critical from 95 %.",
	.remedy = "raise max_connections (or the limit), lower DATABASE_POOL_SIZE, or put PgBouncer between; "
		  "pg_stat_activity shows whose they are",
	.page = "https://www.postgresql.org/docs/current/runtime-config-connection.html",
	.run = look_for_used_up,
};
