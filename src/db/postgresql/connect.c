/* Connecting, within connect_timeout in all: over several hosts, several addresses, several attempts. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounded.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/hide.h"
#include "base/large.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

#define DEFAULT_TIMEOUT_S 10
#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 2000

/* What a connection that is left behind in a name server's silence takes with it. */
struct attempt {
	char *conninfo;
	int64_t deadline;
	PGconn *connection;
	bool timed_out;
};

static void attempt_free(struct attempt *attempt)
{
	PQfinish(attempt->connection);
	secret_free(attempt->conninfo);
	free(attempt);
}

static void release(void *state)
{
	attempt_free(state);
}

/* For the time after connecting: a warning may say what became of a COMMIT. */
static void on_notice_of(void *state, const PGresult *notice)
{
	struct pg *pg = state;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
	pg->warned = pg->warned || text_equal(severity, "WARNING");
	if (text)
		log_debug("server: %.*s", (int)strcspn(text, "\n"), text);
}

static void on_notice(void *connection, const char *message)
{
	AUTO(secrets) struct strings secrets = {0};
	pg_secrets(connection, false, &secrets);
	AUTO(memory) char *safe = text_without(message, &secrets);
	log_debug("server: %.*s", (int)strcspn(safe, "\n"), safe);
}

/* tcp_user_timeout: a host that went away while it was being sent to is noticed; the keep-alives that db_target_parse
 * sets cover waiting for it. It stands before the operator's own settings, which win. */
static PGconn *start(const char *conninfo)
{
	static const char *const keywords[] = {"tcp_user_timeout", "dbname", "client_encoding", NULL};
	const char *const values[] = {"60000", conninfo, "UTF8", NULL};
	return PQconnectStartParams(keywords, values, 1);
}

static void connect_job(void *state)
{
	struct attempt *attempt = state;
	PGconn *connection = attempt->connection = start(attempt->conninfo);
	if (!connection || PQstatus(connection) == CONNECTION_BAD)
		return;
	PQsetNoticeProcessor(connection, on_notice, connection);
	PQsetErrorVerbosity(connection, PQERRORS_VERBOSE); /* the only way to the SQLSTATE */
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	while (next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING) {
		short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		enum pg_ready ready = pg_poll(PQsocket(connection), events, attempt->deadline, true);
		attempt->timed_out = ready == PG_TIMED_OUT;
		if (ready != PG_READY)
			return;
		next = PQconnectPoll(connection);
	}
}

static fallible no_answer(const struct pg *pg)
{
	return error_hint(error_new(ERR_UNREACHABLE, "no answer within %lld s",
				    (long long)pg->base.options.connect_timeout_s),
			  "check host, port and firewall");
}

/* One attempt. Looking up a name can't be interrupted, so it runs where it can be left behind. */
static fallible try_once(struct pg *pg, const char *conninfo, int64_t deadline, bool *again)
{
	TRY(cancel_check());
	struct attempt *attempt = mem_new(1, sizeof *attempt);
	attempt->conninfo = text_copy(conninfo);
	attempt->deadline = deadline;
	int64_t left = deadline - clock_monotonic_ms();
	if (!bounded_run(connect_job, release, attempt, (left > 0 ? left : 0) + 200, 200)) {
		TRY(cancel_check());
		return no_answer(pg);
	}
	struct error *error = cancel_check();
	if (!error && attempt->timed_out)
		error = no_answer(pg);
	else if (!error && PQstatus(attempt->connection) != CONNECTION_OK)
		error = pg_connect_error(pg, attempt->connection, again);
	else if (!error) {
		pg->connection = attempt->connection;
		attempt->connection = NULL;
	}
	attempt_free(attempt);
	return error;
}

static fallible establish(struct pg *pg, const char *conninfo)
{
	int64_t deadline = clock_monotonic_ms() + pg->base.options.connect_timeout_s * 1000;
	int64_t pause = FIRST_PAUSE_MS;
	for (;;) {
		bool again = false;
		struct error *error = try_once(pg, conninfo, deadline, &again);
		if (!error || !again || clock_monotonic_ms() + pause >= deadline)
			return error_wrap(error, "%s", pg->base.display);
		if (pause == FIRST_PAUSE_MS) {
			AUTO(memory) char *text = error_text(error);
			log_note("%s: %s; trying again for %lld s", pg->base.display, text,
				 (long long)pg->base.options.connect_timeout_s);
		}
		error_free(error);
		cancel_sleep(pause);
		pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
	}
}

/* "15.18 (Debian 15.18-0+deb12u1)" -> "15.18" */
static char *version_of(PGconn *connection)
{
	const char *version = PQparameterStatus(connection, "server_version");
	return version ? text_copy_n(version, strcspn(version, " ")) : text_copy("?");
}

fallible pg_open(const struct db_target *target, const struct db_options *options, struct db **db)
{
	int64_t timeout_s;
	TRY(pg_check_conninfo(target->conninfo, &timeout_s));
	struct pg *pg = mem_new(1, sizeof *pg);
	pg->base = (struct db){
		.driver = &postgresql_driver,
		.display = text_copy(target->display ? target->display : "PostgreSQL"),
		.options = *options,
	};
	if (!pg->base.options.connect_timeout_s)
		pg->base.options.connect_timeout_s = timeout_s ? timeout_s : DEFAULT_TIMEOUT_S;
	pg->doubtful = target->doubtful;
	pg->schema = target->schema && *target->schema ? text_copy(target->schema) : NULL;
	struct error *error = establish(pg, target->conninfo);
	if (error) {
		db_close(&pg->base);
		return error;
	}
	if (options->large_values)
		large_use(NULL);
	PQsetnonblocking(pg->connection, 1);
	PQsetNoticeReceiver(pg->connection, on_notice_of, pg);
	PQsetErrorVerbosity(pg->connection, PQERRORS_DEFAULT);
	pg->base.version = version_of(pg->connection);
	pg_secrets(pg->connection, pg->doubtful, &pg->secrets);
	if (!pg->doubtful) {
		free(pg->base.display);
		pg->base.display = pg_display(pg->connection);
	}
	*db = &pg->base;
	return NULL;
}

void pg_close(struct db *db)
{
	struct pg *pg = (struct pg *)db;
	PQfinish(pg->connection);
	secrets_cleanup(&pg->secrets);
	free(pg->schema);
}
