/* A websocket (RFC 6455) as a client has it, over a connection that libcurl opened, and its TLS (CURLOPT_CONNECT_ONLY;
 * libcurl's own websockets are not built into Debian 12's). For few messages of a few kB.
 *
 * A certificate that is not trusted is an error. A deadline is clock_monotonic_ms; each wait ends with it, or within a
 * second of a signal (ERR_INTERRUPTED). Any other error is ERR_UNREACHABLE, and the websocket is of no more use. */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* The headers that ask for one; ends with NULL. The key in them is the same each time, and so is what a server has to
 * answer to it: it only proves that whoever answers means a websocket. */
extern const char *const websocket_headers[];

struct websocket;
struct websocket_options {
	const char *url, *address; /* as struct probe_request has them; "http:" or "https:" */
	const char *origin;	   /* NULL: none */
	size_t most;		   /* bytes of a message: one that is longer is an error */
};

fallible websocket_open(const struct websocket_options *options, int64_t deadline,
			struct websocket **websocket) MUST_CHECK;
/* Says so to the server, as far as that takes no time. NULL is fine. */
void websocket_close(struct websocket *websocket);
static inline void websocket_cleanup(struct websocket **websocket)
{
	websocket_close(*websocket);
}

fallible websocket_send(struct websocket *websocket, const char *text, size_t size, int64_t deadline) MUST_CHECK;

/* The next message (borrowed until the next call), NULL where none is there whole. Waits for nothing; what the server
 * asks, to know whether anybody is there, is answered. */
fallible websocket_receive(struct websocket *websocket, const char **text, size_t *size) MUST_CHECK;

/* Until there is something to be received by one of them, or the deadline. */
fallible websockets_wait(struct websocket *const *websockets, size_t count, int64_t deadline) MUST_CHECK;

#endif
