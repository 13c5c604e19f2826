/* Sessions that wait: for one another's locks, or for a standby. */
#include "base/memory.h"
#include "db/db.h"
#include "health/result.h"
#include "health/sql_words.h"

/* A wait that is noticed. */
#define NOTICED_S "5"
/* DATABASE_POOL_TIMEOUT: from here on requests fail that wait for a connection of the pool. */
#define HARMFUL_S 30

static void tell_blocker(struct checking *checking, const struct db_rows *row)
{
	int64_t seconds = db_cell_integer(row, 3);
	const char *what = db_cell_text(row, 2), *state = db_cell_text(row, 4);
	AUTO(memory) char *time = sql_duration(seconds);
	checking_found_as(checking, seconds < HARMFUL_S ? SEVERITY_WARNING : SEVERITY_CRITICAL, db_cell_text(row, 0),
			  "keeps %lld session%s waiting for a lock on %s, the longest for %s (it is %s)",
			  (long long)db_cell_integer(row, 1), db_cell_integer(row, 1) == 1 ? "" : "s",
			  what ? what : "a row", time, state ? state : "in a state that this role can't see");
}

/* Those at the head of a queue alone: who waits himself is only in the way because of them. A prepared transaction has
 * no session, and 0 for its pid. waitstart came with PostgreSQL 14. */
static fallible look_for_blockers(struct checking *checking)
{
	return sql_each_session(
		checking,
		"with waiting as materialized ("
		"select w.pid, pg_blocking_pids(w.pid) as blockers, coalesce(l.since, w.query_start) as since, l.what "
		"from pg_stat_activity w, lateral (select min((to_jsonb(k) ->> 'waitstart')::timestamptz) as since, "
		"max(k.relation::regclass::text) as what from pg_locks k where k.pid = w.pid and not k.granted) l "
		"where w.datname = current_database() and w.wait_event_type = 'Lock') "
		"select case when b.pid is null then 'a prepared transaction' else " SQL_SESSION("b") " end, count(*), "
		"max(what), " SQL_SECONDS_SINCE("min(since)") ", max(coalesce(b.state, 'prepared')) "
		"from waiting cross join lateral unnest(blockers) as at_head (pid) "
		"left join pg_stat_activity b on b.pid = at_head.pid "
		"where at_head.pid not in (select pid from waiting) "
		"group by b.pid, b.application_name, b.usename, b.client_addr "
		"having min(since) < clock_timestamp() - interval '" NOTICED_S " s' order by 4 desc limit 5",
		tell_blocker);
}

HEALTH_CHECK(blockers) = {
	.code = "OW315",
	.name = "locks-not-waited-for",
	.title = "nobody waits long for a lock",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "Each request that waits keeps a connection of its pool; when that is empty, all pages of that replica "
	       "hang. Who is at the head of the queue is named. A warning from 5 s, critical from the 30 s after which "
	       "a pool gives up (DATABASE_POOL_TIMEOUT).",
	.remedy = "see what it does in pg_stat_activity; `select pg_terminate_backend(PID)` ends it",
	.page = "https://www.postgresql.org/docs/current/explicit-locking.html",
	.run = look_for_blockers,
};

static void tell_commits(struct checking *checking, const struct db_rows *row)
{
	AUTO(memory) char *time = sql_duration(db_cell_integer(row, 1));
	if (db_cell_integer(row, 0))
		checking_found(checking, NULL,
			       "%lld commits wait for a standby (synchronous_standby_names = %s), the longest for %s",
			       (long long)db_cell_integer(row, 0), db_cell_text(row, 2), time);
}

static fallible look_for_commits(struct checking *checking)
{
	return sql_each_session(
		checking,
		"select count(*), " SQL_SECONDS_SINCE("min(query_start)") ", "
		"current_setting('synchronous_standby_names') from pg_stat_activity "
		"where datname = current_database() and wait_event = 'SyncRep' "
		"and query_start < clock_timestamp() - interval '" NOTICED_S " s'",
		tell_commits);
}

HEALTH_CHECK(commits) = {
	.code = "OW316",
	.name = "commits-not-held",
	.title = "no commit waits for a standby that is gone",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "With synchronous replication a commit is answered when a standby has it. While too few are there, "
	       "nothing is saved any more, and each request that saves hangs without an error.",
	.remedy = "bring the standby back, or take it out of synchronous_standby_names and reload",
	.page = "https://www.postgresql.org/docs/current/warm-standby.html",
	.run = look_for_commits,
};
