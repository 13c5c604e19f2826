/* Asking servers all the questions of health/replica.h, side by side. There are connections enough to each, so that
 * what hangs keeps nothing else from being answered. */
#ifndef HEALTH_ASK_H
#define HEALTH_ASK_H

#include "health/look/look.h"

struct ask_options {
	const char *origin; /* "https://chat.example", as a browser there names it; NULL: none */
	const char *key;    /* WEBUI_SECRET_KEY; NULL: ASK_SESSION is not asked */
	int64_t deadline_ms; /* clock_monotonic_ms */
	/* May add exchanges of its own to the same set: before it runs, and after each answer. NULL: no. */
	void (*begin)(void *state, struct probes *probes);
	void (*answered)(void *state, const struct replica *replica, enum question question);
	void *state;
};

/* Fills in what is seen of each. ERR_INTERRUPTED by a signal; that a server does not answer is no error. */
fallible ask_all(struct look *look, const struct ask_options *options, struct replica *const *replicas,
		 size_t count) MUST_CHECK;

#define ASK_SOCKET_PATH "/ws/socket.io/?EIO=4&transport=websocket"
/* Adds the headers with which a browser asks for a websocket that shows a page of `origin` (NULL: of none). */
void ask_socket_headers(const char *origin, struct strings *headers);

#endif
