#include <errno.h>
#include <poll.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/postgresql/postgresql.h"

/* How long to wait before a word is said about it. */
#define SILENT_MS 5000

enum pg_ready pg_poll(int fd, short events, int64_t deadline, bool heed_cancel)
{
	for (;;) {
		if (heed_cancel && cancel_requested())
			return PG_CANCELLED;
		int64_t left = deadline ? deadline - clock_monotonic_ms() : INT32_MAX;
		if (left <= 0) /* also when there is something to read: a server may never stop sending */
			return PG_TIMED_OUT;
		struct pollfd waits[] = {{.fd = fd, .events = events},
					 {.fd = heed_cancel ? cancel_fd() : -1, .events = POLLIN}};
		int ready = poll(waits, 2, deadline ? (int)(left < INT32_MAX ? left : INT32_MAX) : -1);
		if (ready > 0 && waits[0].revents)
			return PG_READY;
		if (!ready)
			return PG_TIMED_OUT;
	}
}

static fallible silent(struct pg *pg)
{
	pg_stop(pg);
	struct error *error = error_new(pg->lost ? ERR_UNREACHABLE : ERR_BUSY, "%s: no answer for %lld s",
					pg->base.display, (long long)pg->patience_s);
	return error_hint(error, pg->lost ? "is the server still there?" : "give it more time (--timeout)");
}

/* As pg_poll, and after a while a word to who waits. */
static enum pg_ready poll_patiently(struct pg *pg, short events)
{
	int64_t start = clock_monotonic_ms(), deadline = pg->patience_s ? start + pg->patience_s * 1000 : 0;
	int fd = PQsocket(pg->connection);
	if (pg->waiting && (!deadline || pg->patience_s * 1000 > SILENT_MS)) {
		enum pg_ready ready = pg_poll(fd, events, start + SILENT_MS, true);
		if (ready != PG_TIMED_OUT)
			return ready;
		log_note("%s: %s", pg->base.display, pg->waiting);
		pg->waiting = NULL;
	}
	return pg_poll(fd, events, deadline, true);
}

fallible pg_wait(struct pg *pg, short events)
{
	switch (poll_patiently(pg, events)) {
	case PG_READY:
		return NULL;
	case PG_CANCELLED:
		pg_stop(pg);
		return cancel_check();
	case PG_TIMED_OUT:
		break;
	}
	return silent(pg);
}

fallible pg_flush(struct pg *pg)
{
	for (;;) {
		int left = PQflush(pg->connection);
		if (!left)
			return NULL;
		if (left < 0)
			return pg_lost(pg);
		/* A server that is itself waiting to send would never read on. */
		TRY(pg_wait(pg, POLLIN | POLLOUT));
		if (!PQconsumeInput(pg->connection))
			return pg_lost(pg);
	}
}

fallible pg_sent(struct pg *pg, int sent)
{
	return sent ? pg_flush(pg) : pg_lost(pg);
}

fallible pg_result(struct pg *pg, PGresult **result)
{
	while (PQisBusy(pg->connection)) {
		TRY(pg_wait(pg, POLLIN));
		if (!PQconsumeInput(pg->connection))
			break; /* libpq makes a result of it */
	}
	*result = PQgetResult(pg->connection);
	if (PQresultStatus(*result) != PGRES_COPY_BOTH)
		return NULL;
	/* For replication alone; libpq would give this result again and again. */
	PQclear(*result);
	*result = NULL;
	pg->lost = true;
	return error_new(ERR_FAILED, "%s: an answer that nobody asked for", pg->base.display);
}
