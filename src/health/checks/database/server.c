/* The server's release, how far away it is, and how much it holds. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "db/db.h"
#include "health/postgresql_support.h"
#include "health/result.h"
#include "health/scene.h"
#include "health/sql_words.h"

static fallible look_for_old(struct checking *checking)
{
	const char *version = checking->scene->database.version;
	const char *day = postgresql_last_release(strtol(version, NULL, 10));
	int64_t end;
	if (day && clock_parse(day, &end) && checking->scene->now > end)
		checking_found(checking, NULL, "PostgreSQL %s has had no fixes since %s", version, day);
	return NULL;
}

HEALTH_CHECK(old) = {
	.code = "OW329",
	.name = "server-supported",
	.title = "the release of PostgreSQL is still mended",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_DATABASE | NEEDS_SQL_SERVER,
	.why = "What is found later, security and lost data among it, is not mended there. A service may go on longer "
	       "by itself; then suppress this.",
	.remedy = "pg_upgrade, or `owctl backup create` and `owctl backup restore` into a new server",
	.page = "https://www.postgresql.org/support/versioning/",
	.run = look_for_old,
};

/* A click asks 60 to 100 statements one after the other: half a second and more at this. */
#define SLOW_US 10000

static fallible look_for_far(struct checking *checking)
{
	int64_t us = checking->scene->database.round_trip_us;
	if (us >= SLOW_US)
		checking_found(checking, NULL,
			       "a statement that does nothing takes %.1f ms from here: %.1f to %.1f s for the 60 to "
			       "100 of a click",
			       (double)us / 1e3, (double)us * 60 / 1e6, (double)us * 100 / 1e6);
	return NULL;
}

HEALTH_CHECK(far) = {
	.code = "OW330",
	.name = "database-near",
	.title = "the database answers at once",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_DATABASE | NEEDS_SQL_SERVER,
	.why = "Open WebUI asks one statement after the other, 60 to 100 for a click, so each millisecond of the way "
	       "counts as often. It is the best of three, measured from where owctl runs: from the replicas it may "
	       "be less. Told from 10 ms on.",
	.remedy = "run owctl beside the replicas to be sure; have database and replicas in one data centre",
	.page = "https://github.com/open-webui/open-webui/issues/10807",
	.run = look_for_far,
};

/* From here on its size is what backups, restores and migrations take their time for. */
#define LARGE_BYTES "10000000000"

static void tell_large(struct checking *checking, const struct db_rows *row)
{
	AUTO(memory) char *all = number_bytes((uint64_t)db_cell_integer(row, 1));
	AUTO(memory) char *size = number_bytes((uint64_t)db_cell_integer(row, 2));
	checking_found(checking, db_cell_text(row, 0), "has %s of the database's %s (%lld rows)", size, all,
		       (long long)db_cell_integer(row, 3));
}

static fallible look_for_large(struct checking *checking)
{
	return sql_each(checking,
			"select relname, pg_database_size(current_database()), pg_total_relation_size(oid), "
			"greatest(reltuples, 0)::bigint from pg_class where relkind = 'r' "
			"and relnamespace = current_schema()::regnamespace "
			"and pg_database_size(current_database()) > " LARGE_BYTES
			" and pg_total_relation_size(oid) * 10 > pg_database_size(current_database()) order by 3 desc",
			tell_large);
}

HEALTH_CHECK(large) = {
	.code = "OW331",
	.name = "database-size",
	.title = "the database is small",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_SQL_SERVER,
	.why = "From 10 GB on it is worth knowing which tables have a tenth of it or more: images in chats, vectors, "
	       "or what nobody needs any more.",
	.remedy = "delete what is old in the interface, keep files in STORAGE_PROVIDER=s3, and vectors in a database "
		  "of their own (PGVECTOR_DB_URL)",
	.page = "https://github.com/open-webui/open-webui/issues/27745",
	.run = look_for_large,
};
