/* The lock of a session. It outlives transactions, and ends with the connection. */
#include <string.h>

#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* Whoever has it may let go of it between the question for the lock and the one for its holder. */
#define TRIES 20

#define VERSION_WITH_IDLE_SESSION_TIMEOUT 140000

/* pg_locks shows the halves of a number as two (system-views, pg_locks). */
static char *lock_of(int64_t number)
{
	return text_format("l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = '%u'"
			   " AND l.objid = '%u' AND l.database ="
			   " (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
			   (unsigned)((uint64_t)number >> 32), (unsigned)((uint64_t)number & UINT32_MAX));
}

/* Who holds it says so where others look (pg_stat_activity), does not lose it by being idle, and is missed within two
 * minutes when its machine dies: a server waits two hours for a word by itself. */
static void add_session(struct str *sql, const struct pg *pg)
{
	AUTO(memory) char *name = db_own_name();
	AUTO(memory) char *literal = PQescapeLiteral(pg->connection, name, strlen(name));
	str_add_format(sql, "SET application_name = %s; ", literal ? literal : "owctl");
	str_add(sql, "SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 6; ");
	if (PQserverVersion(pg->connection) >= VERSION_WITH_IDLE_SESSION_TIMEOUT)
		str_add(sql, "SET idle_session_timeout = 0; ");
}

static void forget_session(struct pg *pg, const char *first)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, first);
	str_add(&sql, "RESET application_name; RESET tcp_keepalives_idle; RESET tcp_keepalives_interval;"
		      " RESET tcp_keepalives_count; ");
	if (PQserverVersion(pg->connection) >= VERSION_WITH_IDLE_SESSION_TIMEOUT)
		str_add(&sql, "RESET idle_session_timeout");
	pg_tell(pg, str_text(&sql));
}

/* A session gets its own lock a second time: one that has it already is shared with another owctl. */
static fallible take(struct pg *pg, int64_t number, bool *ours)
{
	AUTO(memory) char *lock = lock_of(number);
	AUTO(str) struct str sql = {0};
	add_session(&sql, pg);
	str_add_format(&sql,
		       "SELECT CASE WHEN EXISTS"
		       " (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = pg_backend_pid() AND %s)"
		       " THEN NULL ELSE pg_try_advisory_lock(%lld) END",
		       lock, (long long)number);
	AUTO(pg_result) PGresult *answer = NULL;
	TRY(pg_command(pg, str_text(&sql), &answer));
	if (PQntuples(answer) != 1 || PQgetisnull(answer, 0, 0))
		return pg_session_lent(pg);
	*ours = *PQgetvalue(answer, 0, 0) == 't';
	return NULL;
}

static fallible find_holder(struct db *db, int64_t number, char **holder)
{
	AUTO(memory) char *lock = lock_of(number);
	AUTO(memory) char *sql = text_format("SELECT " PG_ACTIVITY " FROM pg_catalog.pg_locks l"
					     " JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE %s LIMIT 1",
					     lock);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, NULL, 0, &rows));
	bool row;
	TRY(db_next(rows, &row));
	*holder = row ? pg_activity_words(rows) : NULL;
	return NULL;
}

static fallible look_for_holder(struct db *db, int64_t number, char **holder)
{
	TRY(db_begin(db, DB_READ));
	struct error *error = find_holder(db, number, holder);
	db_rollback(db);
	return error;
}

static fallible take_or_find(struct pg *pg, int64_t number, bool *ours, char **holder)
{
	for (int i = 0; i < TRIES; i++) {
		pg->patience_s = pg->base.options.connect_timeout_s;
		TRY(take(pg, number, ours));
		if (*ours)
			return NULL;
		TRY(look_for_holder(&pg->base, number, holder));
		if (*holder)
			return NULL;
	}
	*holder = text_copy("others that come and go");
	return NULL;
}

fallible pg_hold(struct db *db, int64_t number, char **holder)
{
	struct pg *pg = (struct pg *)db;
	int64_t session;
	bool ours = false;
	pg->patience_s = db->options.connect_timeout_s;
	TRY(pg_own_session(pg, &session));
	struct error *error = take_or_find(pg, number, &ours, holder);
	if (ours)
		pg->session = session;
	else
		forget_session(pg, "");
	return error;
}

void pg_release(struct db *db, int64_t number)
{
	struct pg *pg = (struct pg *)db;
	AUTO(memory) char *sql = text_format("SELECT pg_advisory_unlock(%lld); ", (long long)number);
	forget_session(pg, sql);
	pg->session = 0;
}
