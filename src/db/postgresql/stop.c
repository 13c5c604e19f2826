#include <poll.h>
#include <string.h>

#include "base/bounded.h"
#include "base/clock.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* Together under a second: that is how soon a signal must have ended the command. */
#define CANCEL_MS 400
#define SETTLE_MS 400

struct request {
	PGcancel *cancel;
	char text[256];
};

static void send_request(void *state)
{
	struct request *request = state;
	PQcancel(request->cancel, request->text, (int)sizeof request->text);
}

static void release_request(void *state)
{
	struct request *request = state;
	PQfreeCancel(request->cancel);
	free(request);
}

/* PQcancel connects anew and blocks as long as a dead host likes. */
static void request_cancel(PGconn *connection)
{
	PGcancel *cancel = PQgetCancel(connection);
	if (!cancel)
		return;
	struct request *request = mem_new(1, sizeof *request);
	request->cancel = cancel;
	if (bounded_run(send_request, release_request, request, CANCEL_MS, CANCEL_MS))
		release_request(request);
}

/* Reads past the rows of COPY TO; false when the server lets us wait too long. */
static bool skip_copy_out(struct pg *pg, int64_t deadline)
{
	for (;;) {
		char *row = NULL;
		int size = PQgetCopyData(pg->connection, &row, 1);
		if (row)
			PQfreemem(row);
		if (size < 0)
			return true;
		if (size)
			continue;
		if (pg_poll(PQsocket(pg->connection), POLLIN, deadline, false) != PG_READY)
			return false;
		PQconsumeInput(pg->connection);
	}
}

/* What is stopped too late was done: of a COMMIT that must be known. */
void pg_note_commit(struct pg *pg, PGresult *result)
{
	if (PQresultStatus(result) == PGRES_COMMAND_OK && !strcmp(PQcmdStatus(result), "COMMIT"))
		pg->committed = true;
}

static bool skip_results(struct pg *pg, int64_t deadline)
{
	for (;;) {
		while (PQflush(pg->connection) > 0 || PQisBusy(pg->connection)) {
			if (pg_poll(PQsocket(pg->connection), POLLIN, deadline, false) != PG_READY)
				return false;
			if (!PQconsumeInput(pg->connection))
				return false;
		}
		AUTO(pg_result) PGresult *result = PQgetResult(pg->connection);
		if (!result)
			return true;
		pg_note_commit(pg, result);
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_COPY_IN)
			PQputCopyEnd(pg->connection, "stopped");
		else if (status == PGRES_COPY_BOTH) /* comes again and again */
			return false;
		else if (status == PGRES_COPY_OUT && !skip_copy_out(pg, deadline))
			return false;
	}
}

bool pg_settle(struct pg *pg)
{
	if (!pg->lost && !skip_results(pg, clock_monotonic_ms() + SETTLE_MS))
		pg->lost = true;
	return !pg->lost;
}

void pg_stop(struct pg *pg)
{
	if (pg->lost || PQtransactionStatus(pg->connection) != PQTRANS_ACTIVE)
		return;
	request_cancel(pg->connection);
	pg_settle(pg);
}

void pg_tell(struct pg *pg, const char *sql)
{
	pg_stop(pg);
	if (!pg->lost && (!PQsendQuery(pg->connection, sql) || !pg_settle(pg)))
		pg->lost = true; /* whatever it holds and has begun ends with the connection */
}
