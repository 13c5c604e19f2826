/* The few packets of Engine.IO 4 and Socket.IO 5 that owctl sends and understands, as text messages of a websocket
 * (https://socket.io/docs/v4/engine-io-protocol/, https://socket.io/docs/v4/socket-io-protocol/). */
#ifndef HEALTH_LOOK_SOCKET_IO_H
#define HEALTH_LOOK_SOCKET_IO_H

#include <jansson.h>
#include <stdint.h>

#define SOCKET_IO_MOST_PING_MS 86400000

enum socket_io_kind {
	SOCKET_IO_OTHER,	/* one that says nothing here, or none at all */
	SOCKET_IO_OPEN,		/* 0{"sid": ..}: the transport is there */
	SOCKET_IO_PING,		/* 2, to be answered by SOCKET_IO_PONG */
	SOCKET_IO_CONNECTED,	/* 40{"sid": ..} */
	SOCKET_IO_REFUSED,	/* 44, and 41 and 1: the server ends it */
	SOCKET_IO_EVENT,	/* 42["name", ..] */
};
#define SOCKET_IO_PONG "3"
#define SOCKET_IO_LEAVE "41"

struct socket_io_packet {
	enum socket_io_kind kind;
	json_t *event; /* SOCKET_IO_EVENT: an array that begins with a name; NULL otherwise. Owned */
	int64_t ping_ms; /* SOCKET_IO_OPEN: pingInterval, after which the server pings; 0: it says nothing to believe */
};
void socket_io_packet_cleanup(struct socket_io_packet *packet);
void socket_io_read(const char *text, size_t size, struct socket_io_packet *packet);

/* The name of an event, "" of anything else; and its first argument, NULL where there is none. Borrowed. */
const char *socket_io_name(const struct socket_io_packet *packet);
const json_t *socket_io_argument(const struct socket_io_packet *packet);

/* The packet that connects with a token, and one that is an event; `argument` is taken over. Released with
 * secret_free. */
char *socket_io_connect(const char *token);
char *socket_io_event(const char *name, json_t *argument);

#endif
