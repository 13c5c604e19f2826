/* Is the session ours? A pooler in transaction mode gives every transaction whichever session of the server is free: a
 * lock of the session would be taken by one client and found by the next as its own.
 *
 * A server names its process when a connection is made (BackendKeyData), and a pooler that keeps sessions for later has
 * to make a number up there. Where it is the number that SQL gives there is nothing in between, or something that
 * hands all through. Else a second connection, made like the first, tries to get the session that the first one has
 * just used: a pooler in transaction mode gives it away, as nobody is in a transaction there; and while the second
 * connection is in one, the first has to get another. In session mode neither can happen. Other clients may snatch the
 * session for a moment, so it is tried several times. */
#include <stdlib.h>

#include "base/memory.h"
#include "db/postgresql/keywords.h"
#include "db/postgresql/postgresql.h"

#define ROUNDS 40

fallible pg_session_lent(const struct pg *pg)
{
	return error_hint(error_new(ERR_SETTINGS,
				    "%s: a pooler on the way gives every transaction another session of the server, so "
				    "a lock would not keep others away",
				    pg->base.display),
			  "name the server itself (--database, DATABASE_URL), or a pool in session mode (pgbouncer: "
			  "pool_mode = session)");
}

static fallible session_of(struct pg *pg, int64_t *session)
{
	AUTO(pg_result) PGresult *row = NULL;
	TRY(pg_command(pg, "SELECT pg_backend_pid()", &row));
	*session = PQntuples(row) == 1 ? strtoll(PQgetvalue(row, 0, 0), NULL, 10) : 0;
	return NULL;
}

static void options_cleanup(PQconninfoOption **options)
{
	PQconninfoFree(*options);
}

/* To the same address as the first: a name may lead to several poolers, and a list to several servers. */
static char *same_way(PGconn *connection)
{
	AUTO(keywords) struct keywords keywords = {0};
	AUTO(options) PQconninfoOption *options = PQconninfo(connection);
	for (const PQconninfoOption *option = options; option && option->keyword; option++)
		keywords_set(&keywords, option->keyword, option->val);
	keywords_set(&keywords, "host", PQhost(connection));
	keywords_set(&keywords, "hostaddr", PQhostaddr(connection));
	keywords_set(&keywords, "port", PQport(connection));
	keywords_set(&keywords, "password", PQpass(connection));
	return keywords_conninfo(&keywords);
}

static fallible open_second(const struct pg *pg, struct db **second)
{
	AUTO(secret) char *conninfo = same_way(pg->connection);
	AUTO(memory) char *display = text_copy(pg->base.display);
	const struct db_target target = {
		.engine = DB_POSTGRESQL, .conninfo = conninfo, .display = display, .doubtful = pg->doubtful};
	return db_open(&target, &(struct db_options){.connect_timeout_s = pg->base.options.connect_timeout_s}, second);
}

/* Whether the second connection got `session`, or the first one, meanwhile, another. The first one is not asked when
 * all is known: there may be no other session to wait for. */
static fallible try_to_get(struct pg *pg, struct db *second, int64_t session, bool *lent)
{
	int64_t other, again = session;
	TRY(db_begin(second, DB_READ));
	struct error *error = db_single_integer(second, "SELECT pg_backend_pid()", NULL, 0, &other);
	if (!error && other != session)
		error = session_of(pg, &again);
	db_rollback(second);
	*lent = !error && (other == session || again != session);
	return error;
}

static fallible is_lent(struct pg *pg, int64_t session, bool *lent)
{
	AUTO(db) struct db *second = NULL;
	TRY(open_second(pg, &second));
	*lent = false;
	for (int i = 0; i < ROUNDS && !*lent; i++)
		TRY(try_to_get(pg, second, session, lent));
	return NULL;
}

fallible pg_own_session(struct pg *pg, int64_t *session)
{
	TRY(session_of(pg, session));
	if (*session && *session == PQbackendPID(pg->connection))
		return NULL;
	bool lent;
	struct error *error = is_lent(pg, *session, &lent);
	if (error)
		return error_hint(error_wrap(error_without_hints(error),
					     "whether the pooler on the way keeps sessions could not be tried"),
				  "a pool in session mode needs room for two connections; better name the server "
				  "itself (--database, DATABASE_URL)");
	return lent ? pg_session_lent(pg) : NULL;
}
