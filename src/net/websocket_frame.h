/* Frames of a websocket as a client sends and reads them (RFC 6455, section 5): no connection, bytes alone. */
#ifndef NET_WEBSOCKET_FRAME_H
#define NET_WEBSOCKET_FRAME_H

#include "base/str.h"

enum websocket_opcode {
	WEBSOCKET_CONTINUES = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

/* Appends one frame that is whole, masked with bytes drawn at random, as clients have to. */
void websocket_frame_add(struct str *out, enum websocket_opcode opcode, const char *payload, size_t size);

/* Starts as {0}, but for `most`. */
struct websocket_reader {
	size_t most;	    /* bytes of a message */
	struct str bytes;   /* that came, and are not read */
	struct str message; /* its parts as far as they are there */
	size_t read;	    /* of `bytes` */
	bool begun;
};
void websocket_reader_cleanup(struct websocket_reader *reader);
void websocket_reader_feed(struct websocket_reader *reader, const char *bytes, size_t size);

enum websocket_event {
	WEBSOCKET_WAITS, /* for more bytes */
	WEBSOCKET_SAYS,	 /* a message; of any kind, as nobody who is asked here sends binary ones */
	WEBSOCKET_ASKS,	 /* a ping: the payload is to be sent back as a pong */
	WEBSOCKET_ENDS,	 /* a close */
	WEBSOCKET_BREAKS, /* no frame that a server may send, or a message of more than `most` bytes */
};
/* What comes next; the payload is borrowed until the next call. After ENDS and BREAKS nothing more is to be read. */
enum websocket_event websocket_reader_next(struct websocket_reader *reader, const char **payload, size_t *size);

#endif
