/* A websocket of Socket.IO at a place. Its deadlines and errors are those of net/websocket.h; that the server ends it
 * is ERR_UNREACHABLE as well. */
#ifndef HEALTH_LOOK_DEEP_SOCKET_H
#define HEALTH_LOOK_DEEP_SOCKET_H

#include "health/look/deep_inner.h"
#include "health/look/socket_io.h"
#include "net/websocket.h"

/* Until the server's first packet; *ping_ms is what it says of its pings (NULL: nobody wants to know). */
fallible deep_socket_open(const struct deep_looking *looking, size_t place, int64_t deadline, int64_t *ping_ms,
			  struct websocket **socket) MUST_CHECK;

/* The packet is released with secret_free. */
fallible deep_socket_say(struct websocket *socket, char *packet, int64_t deadline) MUST_CHECK;

/* The next packet, waiting for nothing; *got: there was one. What the server asks, to know
 * whether anybody is there, is answered. */
fallible deep_socket_next(struct websocket *socket, int64_t deadline, struct socket_io_packet *packet,
			  bool *got) MUST_CHECK;

/* Until a packet of this kind; of events, one of this name. */
fallible deep_socket_wait_for(struct websocket *socket, enum socket_io_kind kind, const char *name,
			      int64_t deadline) MUST_CHECK;

#endif
