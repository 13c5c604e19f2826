/* What SQLite asks while it works: go on waiting for a lock? go on with the statement? may this be run at all? */
#include <strings.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "db/sqlite/sqlite.h"

/* Some 0.1 ms of work: cheap enough to ask, often enough for a second's notice. */
#define STEPS_BETWEEN_QUESTIONS 10000

/* A commit that comes when all waiting was used up still outlasts a server's reads: they take milliseconds. */
#define LEAST_FOR_COMMIT_MS 1000

/* How long to wait before a word is said about it. */
#define SILENT_MS 5000

static void tell(const struct sqlite *sqlite, int64_t before_ms)
{
	if (before_ms < SILENT_MS && sqlite->lock_waited_ms >= SILENT_MS)
		log_note("%s: waiting for a lock that another process has", sqlite->base.display);
}

/* One transaction waits for several locks: to begin, then, outside WAL mode, for all readers to go, once to commit and
 * once for every page that does not fit into the cache before (SQLite goes on without that one, which would make
 * thousands of waits where one fails). So all of them share one time-out. */
static int wait_for_lock(void *state, int tries)
{
	struct sqlite *sqlite = state;
	int64_t before = clock_monotonic_ms(), waited_ms = sqlite->lock_waited_ms;
	if (cancel_requested() || sqlite->lock_waited_ms >= sqlite->base.options.lock_timeout_s * 1000)
		return 0;
	int pause_ms = tries < 5 ? 1 << tries : 50;
	cancel_sleep(pause_ms);
	sqlite->lock_waited_ms += clock_monotonic_ms() - before;
	tell(sqlite, waited_ms);
	return 1;
}

void sqlite_may_wait_to_commit(struct sqlite *sqlite)
{
	int64_t most = sqlite->base.options.lock_timeout_s * 1000 - LEAST_FOR_COMMIT_MS;
	if (sqlite->lock_waited_ms > most)
		sqlite->lock_waited_ms = most;
}

static int stop(void *state)
{
	const struct sqlite *sqlite = state;
	notify_alive();
	return cancel_requested() ||
	       (sqlite->statement_deadline && clock_monotonic_ms() >= sqlite->statement_deadline);
}

/* What would touch a file that Open WebUI is running on in another way than by a transaction. Setting the journal mode
 * and checkpointing fail inside a transaction anyway; this does not rely on it. VACUUM is a transaction; what it
 * attaches has no name, and is seen by nobody else. */
static int may_run(void *state, int action, const char *first, const char *second, const char *database,
		   const char *trigger)
{
	static const char *const refused[] = {"journal_mode", "wal_checkpoint", "wal_autocheckpoint", "locking_mode"};
	(void)state, (void)database, (void)trigger;
	if (action == SQLITE_ATTACH && first && !*first)
		return SQLITE_OK;
	if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
		return SQLITE_DENY;
	if (action == SQLITE_PRAGMA)
		for (size_t i = 0; i < COUNT(refused); i++)
			if (!strcasecmp(first, refused[i]) && (second || i == 1))
				return SQLITE_DENY;
	return SQLITE_OK;
}

void sqlite_guard(struct sqlite *sqlite)
{
	sqlite3_busy_handler(sqlite->handle, wait_for_lock, sqlite);
	sqlite3_progress_handler(sqlite->handle, STEPS_BETWEEN_QUESTIONS, stop, sqlite);
	sqlite3_set_authorizer(sqlite->handle, may_run, sqlite);
}

int64_t sqlite_timeout_s(const struct sqlite *sqlite)
{
	const struct db_options *options = &sqlite->base.options;
	if (sqlite->unhurried)
		return 0;
	return options->statement_timeout_s ? options->statement_timeout_s : options->silence_timeout_s;
}

void sqlite_start_clock(struct sqlite *sqlite)
{
	int64_t seconds = sqlite_timeout_s(sqlite);
	sqlite->statement_deadline = seconds ? clock_monotonic_ms() + seconds * 1000 : 0;
}

void sqlite_next_row(struct sqlite *sqlite)
{
	if (!sqlite->base.options.statement_timeout_s)
		sqlite_start_clock(sqlite);
}
