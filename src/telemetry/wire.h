/* How a message of OTLP gets to a collector, and what an answer says, by protocol. gRPC is a POST of HTTP/2 whose body
 * has five bytes before the message, and whose status is a trailer:
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. Only for telemetry/. */
#ifndef TELEMETRY_WIRE_H
#define TELEMETRY_WIRE_H

#include "net/probe.h"
#include "telemetry/otlp.h"

/* The body of a request with that message. */
void wire_write(enum otlp_protocol protocol, enum otlp_signal signal, const json_t *message, struct str *body);
char *wire_url(const struct otlp_target *target, enum otlp_signal signal) MUST_CHECK; /* to be freed */
#define WIRE_HEADERS 2
extern const char *const wire_headers[OTLP_PROTOCOLS][WIRE_HEADERS]; /* "Name: value", or NULL */

enum wire_meaning {
	WIRE_TAKEN,
	WIRE_BUSY,        /* may be taken later */
	WIRE_UNKNOWN,     /* it wants to know who sends it */
	WIRE_NOT_THERE,   /* it takes no such thing there */
	WIRE_ELSEWHERE,   /* it is somewhere else */
	WIRE_REFUSED,
	WIRE_NO_OTLP,     /* what answers is no collector */
};

struct wire_answer {
	enum wire_meaning meaning;
	char *status;     /* "status 401", "gRPC status 16 (unauthenticated)"; NULL: it is taken, or no collector */
	char *message;    /* what it says to that, fit to be shown; NULL: nothing */
	int64_t rejected; /* how many of what was sent it does not take */
};
void wire_answer_cleanup(struct wire_answer *said);

/* Of an answer that came (PROBE_ANSWERED). */
void wire_read(const struct otlp_target *target, enum otlp_signal signal, const struct probe_answer *answer,
	       struct wire_answer *said);

#endif
