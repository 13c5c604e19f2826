/* Whether a websocket through the load balancer outlasts the time in which nobody speaks on it: until the server's own
 * first ping. One that is opened at a replica directly at the same time tells whether it is the load balancer that cuts
 * it. Neither is signed in, so that no event breaks the silence.
 *
 * Tried on 0.10.2 and 0.12.4: 0{.., "pingInterval":25000, ..} comes first, "2" so long after it, also to whom has not
 * signed in, and nothing is ended as long as pings are answered. WEBSOCKET_SERVER_PING_INTERVAL sets it (from 0.6.43
 * on). A ping of the websocket itself comes every 20 s, which keeps a connection alive as well. */
#include "health/look/deep_silence.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/look/deep_socket.h"

#define OPEN_MS 1500   /* for one to be opened: both were, a moment ago */
#define SAY_MS 200
#define SETTLE_MS 300  /* what cuts both may do so one after the other */
#define LATE_MS 5000   /* how late a ping may come: a busy server takes its time */
#define MARGIN_MS 1000 /* of that, what there has to be time for, or the ping is not waited for */
#define ROUND_S 5
#define MOST_MESSAGES 64

enum { FRONT, DIRECT, ENDS };

struct deep_quiet {
	struct websocket *sockets[ENDS]; /* NULL: it has ended */
	int64_t begun_ms, cut_ms; /* clock_monotonic_ms; cut_ms 0: the one at the front is there */
};

/* ---- opening them ---- */

static bool takes_websocket(const struct deep_looking *looking, size_t place)
{
	const struct replica *replica = looking->replicas[place];
	return replica_answered(replica, ASK_SOCKET) && replica->answers[ASK_SOCKET].http.status == 101;
}

/* The first of them; the number of places: none. */
static size_t find_direct(const struct deep_looking *looking)
{
	for (size_t i = 0; i < deep_replicas(looking); i++)
		if (takes_websocket(looking, i))
			return i;
	return looking->sight->count;
}

/* The one at the replica first, so that it is at no time the younger one. */
static fallible open_both(struct deep_looking *looking, struct deep_silence *silence)
{
	struct deep_quiet *quiet = looking->quiet;
	int64_t now = clock_monotonic_ms(), quarter = (looking->deadline_ms - now) / 4;
	int64_t most = quarter < OPEN_MS ? quarter : OPEN_MS;
	TRY(deep_socket_open(looking, silence->replica, now + most, NULL, &quiet->sockets[DIRECT]));
	TRY(deep_socket_open(looking, deep_replicas(looking), clock_monotonic_ms() + most, &silence->ping_ms,
			     &quiet->sockets[FRONT]));
	quiet->begun_ms = clock_monotonic_ms();
	return silence->ping_ms ? NULL : error_new(ERR_UNREACHABLE, "it does not say when it pings");
}

fallible deep_silence_begin(struct deep_looking *looking)
{
	struct deep_silence *silence = &looking->sight->silence;
	size_t front = deep_replicas(looking);
	silence->replica = find_direct(looking);
	if (!look_wants(looking->look, "OW731") || front == looking->sight->count ||
	    !takes_websocket(looking, front) || silence->replica == looking->sight->count)
		return NULL;
	looking->quiet = mem_new(1, sizeof *looking->quiet);
	struct error *error = open_both(looking, silence);
	if (!error)
		return NULL;
	deep_silence_free(looking);
	if (error->code == ERR_INTERRUPTED)
		return error;
	silence->why = deep_reason(error);
	return NULL;
}

/* ---- being silent ---- */

/* Takes what has come there; closes what has ended. */
static void hear(struct deep_quiet *quiet, int end, bool *pinged)
{
	bool got = quiet->sockets[end] != NULL;
	for (int messages = 0; got && messages < MOST_MESSAGES; messages++) {
		struct socket_io_packet packet = {0};
		struct error *error =
			deep_socket_next(quiet->sockets[end], clock_monotonic_ms() + SAY_MS, &packet, &got);
		bool ended = error && error->code != ERR_INTERRUPTED;
		*pinged |= got && packet.kind == SOCKET_IO_PING;
		got = got && !error;
		socket_io_packet_cleanup(&packet);
		error_free(error);
		if (!ended)
			continue;
		websocket_close(quiet->sockets[end]);
		quiet->sockets[end] = NULL;
	}
}

static void conclude(struct deep_looking *looking, enum silence_end end)
{
	struct deep_silence *silence = &looking->sight->silence;
	silence->end = end;
	silence->ended_ms = looking->quiet->cut_ms - looking->quiet->begun_ms;
	deep_silence_free(looking);
}

void deep_silence_look(struct deep_looking *looking)
{
	struct deep_quiet *quiet = looking->quiet;
	bool pinged = false, other = false;
	int64_t now = clock_monotonic_ms();
	if (!quiet)
		return;
	hear(quiet, DIRECT, &other);
	hear(quiet, FRONT, &pinged);
	if (!quiet->sockets[FRONT] && !quiet->cut_ms)
		quiet->cut_ms = now;
	if (pinged)
		conclude(looking, SILENCE_LASTED);
	else if (quiet->cut_ms && !quiet->sockets[DIRECT])
		conclude(looking, SILENCE_CUT_DIRECTLY);
	else if (quiet->cut_ms && now >= quiet->cut_ms + SETTLE_MS)
		conclude(looking, SILENCE_CUT);
}

void deep_silence_free(struct deep_looking *looking)
{
	for (int end = 0; looking->quiet && end < ENDS; end++)
		websocket_close(looking->quiet->sockets[end]);
	free(looking->quiet);
	looking->quiet = NULL;
}

/* ---- the end of it ---- */

/* In steps, as it can't be said to the second how long all else takes the next time. */
static int64_t deadline_for(const struct deep_looking *looking, int64_t due_ms)
{
	int64_t whole_s = looking->look->options->deadline_s;
	int64_t missing_s = (due_ms + LATE_MS - looking->deadline_ms + 999) / 1000;
	whole_s = (whole_s ? whole_s : HEALTH_DEADLINE_S) + missing_s;
	return (whole_s + ROUND_S - 1) / ROUND_S * ROUND_S;
}

/* Until it is known, or `last`; after an end at the front, a little longer. */
static fallible wait_until(struct deep_looking *looking, int64_t last)
{
	for (;;) {
		deep_silence_look(looking);
		const struct deep_quiet *quiet = looking->quiet;
		if (!quiet || (!quiet->cut_ms && clock_monotonic_ms() >= last))
			return NULL;
		TRY(websockets_wait(quiet->sockets, ENDS, quiet->cut_ms ? quiet->cut_ms + SETTLE_MS : last));
	}
}

fallible deep_silence_end(struct deep_looking *looking)
{
	if (!looking->quiet)
		return NULL;
	int64_t due = looking->quiet->begun_ms + looking->sight->silence.ping_ms, last = due + LATE_MS;
	last = last < looking->deadline_ms ? last : looking->deadline_ms;
	TRY(wait_until(looking, due + MARGIN_MS <= last ? last : 0));
	if (!looking->quiet)
		return NULL;
	looking->sight->silence.deadline_s = deadline_for(looking, due);
	conclude(looking, last == due + LATE_MS ? SILENCE_ENDLESS : SILENCE_TOO_LONG);
	return NULL;
}
