/* Whether PostgreSQL gets to clean its tables up. */
#include "base/memory.h"
#include "base/number.h"
#include "db/db.h"
#include "health/result.h"
#include "health/sql_words.h"

static void tell_age(struct checking *checking, const struct db_rows *row)
{
	bool critical = db_cell_integer(row, 3);
	checking_found_as(checking, critical ? SEVERITY_CRITICAL : SEVERITY_WARNING, db_cell_text(row, 0),
			  "has %s that are %s old; the server refuses to write at 2147 million", db_cell_text(row, 1),
			  db_cell_text(row, 2));
}

/* From 1.6 thousand million on PostgreSQL itself drops everything else for it (vacuum_failsafe_age). */
#define OLD_KIND(what, age, setting)                                                                             \
	"select format('database \"%s\"', datname), '" what "', round(" age " / 1e6, 1) || ' million', "            \
	"(" age " >= 1600000000)::int from pg_database where " age " > least(2 * "                               \
	"current_setting('" setting "')::bigint, 1300000000)"

static fallible look_for_age(struct checking *checking)
{
	return sql_each(checking,
			OLD_KIND("transaction numbers", "age(datfrozenxid)", "autovacuum_freeze_max_age")
			" union all "
			OLD_KIND("multixacts", "mxid_age(datminmxid)", "autovacuum_multixact_freeze_max_age"),
			tell_age);
}

HEALTH_CHECK(age) = {
	.code = "OW317",
	.name = "wraparound-far",
	.title = "transaction numbers are far from running out",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "PostgreSQL cleans up from autovacuum_freeze_max_age on, whatever is set. At twice that age (1300 "
	       "million at most) something keeps it from it: a transaction, a replication slot, a prepared "
	       "transaction, or time. Critical from 1600 million, where vacuum_failsafe_age is. At the end the server "
	       "refuses to write, for all of its databases.",
	.remedy = "end what is old in pg_stat_activity, pg_prepared_xacts and pg_replication_slots, then `VACUUM "
		  "(FREEZE)` in that database",
	.page = "https://www.postgresql.org/docs/current/routine-vacuuming.html",
	.run = look_for_age,
};

static void tell_dead(struct checking *checking, const struct db_rows *row)
{
	AUTO(memory) char *size = number_bytes((uint64_t)db_cell_integer(row, 3));
	const char *when = db_cell_text(row, 4);
	checking_found(checking, db_cell_text(row, 0), "has %lld dead rows beside %lld, in %s; it was vacuumed %s",
		       (long long)db_cell_integer(row, 2), (long long)db_cell_integer(row, 1), size,
		       when ? when : "never, as far as is recorded");
}

/* Twice what calls autovacuum, and a table that is worth a word. */
static fallible look_for_dead(struct checking *checking)
{
	return sql_each(checking,
			"select relname, n_live_tup, n_dead_tup, pg_total_relation_size(relid), "
			"to_char(greatest(last_vacuum, last_autovacuum) at time zone 'UTC', "
			"'YYYY-MM-DD HH24:MI \"UTC\"') "
			"from pg_stat_user_tables where schemaname = current_schema() and n_dead_tup > 1000 "
			"and n_dead_tup > 2 * (current_setting('autovacuum_vacuum_threshold')::float8 "
			"+ current_setting('autovacuum_vacuum_scale_factor')::float8 * n_live_tup) "
			"and pg_total_relation_size(relid) > 100000000 order by n_dead_tup desc limit 5",
			tell_dead);
}

HEALTH_CHECK(dead) = {
	.code = "OW318",
	.name = "tables-vacuumed",
	.title = "large tables are cleaned of dead rows",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "Each answer in a chat writes its row anew, and the old one is dead until it is vacuumed: tables grow, "
	       "and lists become slow. Told are tables of over 100 MB with more than twice the dead rows from which "
	       "autovacuum begins.",
	.remedy = "look for what holds autovacuum up (old transactions, too few workers, a low cost limit); `VACUUM "
		  "(ANALYZE) TABLE` does it now",
	.page = "https://www.postgresql.org/docs/current/routine-vacuuming.html",
	.run = look_for_dead,
};

static void tell_off(struct checking *checking, const struct db_rows *row)
{
	checking_found(checking, db_cell_text(row, 0), "%s", db_cell_text(row, 1));
}

static fallible look_for_off(struct checking *checking)
{
	return sql_each(checking,
			"select 'the server', name || ' is off' from pg_settings "
			"where name in ('autovacuum', 'track_counts') and setting = 'off' "
			"union all select relname, 'has autovacuum switched off' from pg_class "
			"where relkind = 'r' and relnamespace = current_schema()::regnamespace "
			"and exists (select 1 from unnest(reloptions) o "
			"where o ~* '^autovacuum_enabled=(off|false|f|no|0)$')",
			tell_off);
}

HEALTH_CHECK(off) = {
	.code = "OW319",
	.name = "autovacuum-on",
	.title = "autovacuum is on",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "Without it dead rows stay, statistics grow old, and tables and queries become slower from week to "
	       "week, unless somebody does it by hand.",
	.remedy = "`ALTER SYSTEM SET autovacuum = on` (and track_counts) and reload; `ALTER TABLE NAME "
		  "RESET (autovacuum_enabled)`",
	.page = "https://www.postgresql.org/docs/current/routine-vacuuming.html",
	.run = look_for_off,
};

static void tell_unknown(struct checking *checking, const struct db_rows *row)
{
	AUTO(memory) char *size = number_bytes((uint64_t)db_cell_integer(row, 1));
	checking_found(checking, db_cell_text(row, 0), "has %s, and was never analyzed", size);
}

/* Up to PostgreSQL 13 reltuples is 0 then, as it is of an empty table. */
static fallible look_for_unknown(struct checking *checking)
{
	return sql_each(checking,
			"select relname, pg_table_size(oid) from pg_class where relkind = 'r' and reltuples < 0 "
			"and relnamespace = current_schema()::regnamespace and pg_table_size(oid) > 16000000 "
			"order by 2 desc limit 5",
			tell_unknown);
}

HEALTH_CHECK(unknown_rows) = {
	.code = "OW320",
	.name = "tables-analyzed",
	.title = "the planner knows large tables",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "Without statistics PostgreSQL guesses, and reads whole tables where an index would do. So it is after "
	       "pg_upgrade up to PostgreSQL 17, until somebody runs ANALYZE. Told are tables of over 16 MB.",
	.remedy = "`ANALYZE` in this database (`vacuumdb --analyze-in-stages --all`)",
	.page = "https://www.postgresql.org/docs/current/pgupgrade.html",
	.run = look_for_unknown,
};
