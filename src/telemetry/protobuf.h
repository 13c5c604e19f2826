/* Messages of protobuf (https://protobuf.dev/programming-guides/encoding/) from JSON and back, as tables of fields say:
 * the few kinds that OTLP has. A field of which there are several is a list in JSON. */
#ifndef TELEMETRY_PROTOBUF_H
#define TELEMETRY_PROTOBUF_H

#include <jansson.h>

#include "base/str.h"

enum pb_kind {
	PB_TEXT,    /* string */
	PB_DIGITS,  /* bytes, as hexadecimal digits in JSON */
	PB_VARINT,  /* int64, int32, an enumeration: a number in JSON, or one as text */
	PB_FIXED64, /* fixed64: likewise, written only */
	PB_DOUBLE,  /* written only */
	PB_MESSAGE,
};

struct pb_field {
	const char *name; /* in JSON: "traceId" */
	unsigned number;
	enum pb_kind kind;
	const struct pb_field *fields; /* of PB_MESSAGE; ends with a NULL name */
};

/* Appends `message` in the order of the table. What is there is written, also where it is what protobuf takes for
 * granted; what the table does not have is not. */
void pb_encode(struct str *out, const struct pb_field *fields, const json_t *message);

/* A new reference; fields that the table does not have are passed over. NULL: this is no such message. */
json_t *pb_decode(const struct pb_field *fields, const void *bytes, size_t size) MUST_CHECK;

#endif
