#include "telemetry/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/percent.h"
#include "telemetry/fields.h"

#define FRAME_HEAD 5

static const char *const paths[SIGNALS] = {
	[SIGNAL_METRICS] = "metrics.v1.MetricsService",
	[SIGNAL_LOGS] = "logs.v1.LogsService",
	[SIGNAL_TRACES] = "trace.v1.TraceService",
};

const char *const wire_headers[OTLP_PROTOCOLS][WIRE_HEADERS] = {
	[OTLP_JSON] = {"Content-Type: application/json"},
	[OTLP_PROTOBUF] = {"Content-Type: application/x-protobuf"},
	[OTLP_GRPC] = {"Content-Type: application/grpc", "TE: trailers"},
};

/* ---- requests ---- */

char *wire_url(const struct otlp_target *target, enum otlp_signal signal)
{
	if (target->protocol == OTLP_GRPC)
		return text_format("%s/opentelemetry.proto.collector.%s/Export", target->base, paths[signal]);
	return text_format("%s%s", target->base, otlp_paths[signal]);
}

void wire_write(enum otlp_protocol protocol, enum otlp_signal signal, const json_t *message, struct str *body)
{
	if (protocol == OTLP_JSON) {
		AUTO(memory) char *text = json_dumps(message, JSON_COMPACT);
		str_add(body, text ? text : "");
		return;
	}
	if (protocol == OTLP_GRPC)
		str_add_n(body, "\0\0\0\0\0", FRAME_HEAD); /* not compressed, and the size, which is not known yet */
	pb_encode(body, otlp_requests[signal], message);
	if (protocol == OTLP_GRPC)
		for (size_t i = 1, size = body->size - FRAME_HEAD; i < FRAME_HEAD; i++)
			body->data[i] = (char)(size >> 8 * (FRAME_HEAD - 1 - i) & 0xff);
}

/* ---- answers ---- */

void wire_answer_cleanup(struct wire_answer *said)
{
	free(said->status);
	free(said->message);
	*said = (struct wire_answer){0};
}

static int64_t number_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);
	return text ? strtoll(text, NULL, 10) : json_integer_value(value);
}

static void take_message(struct wire_answer *said, const struct otlp_target *target, const char *text)
{
	if (text && *text)
		said->message = otlp_quote(target, text);
}

/* The object that a good answer is, with its partialSuccess. */
static void take_success(struct wire_answer *said, const struct otlp_target *target, enum otlp_signal signal,
			 const json_t *body)
{
	static const char *const rejected[SIGNALS] = {[SIGNAL_METRICS] = "rejectedDataPoints",
						      [SIGNAL_LOGS] = "rejectedLogRecords",
						      [SIGNAL_TRACES] = "rejectedSpans"};
	const json_t *partial = json_object_get(body, "partialSuccess");
	said->meaning = WIRE_TAKEN;
	said->rejected = number_at(partial, rejected[signal]);
	take_message(said, target, json_string_value(json_object_get(partial, "errorMessage")));
}

static enum wire_meaning meaning_of(long status)
{
	if (status == 429 || status == 502 || status == 503 || status == 504) /* as OTLP/HTTP has it */
		return WIRE_BUSY;
	if (status == 401 || status == 403)
		return WIRE_UNKNOWN;
	if (status == 404 || status == 405 || status == 415)
		return WIRE_NOT_THERE;
	return status >= 300 && status < 400 ? WIRE_ELSEWHERE : WIRE_REFUSED;
}

/* Some collectors leave out the object that a good answer is to have; an empty message of protobuf has no bytes. */
static bool may_be_empty(const struct otlp_target *target, const char *type)
{
	return !type || !*type || target->protocol == OTLP_PROTOBUF || text_starts(type, "application/json");
}

static void read_http(const struct otlp_target *target, enum otlp_signal signal, const struct http_answer *http,
		      struct wire_answer *said)
{
	const char *type = http_header(http, "Content-Type");
	const struct str *body = &http->body;
	bool good = http->status >= 200 && http->status < 300, json = target->protocol == OTLP_JSON;
	bool ours = type && text_starts(type, "application/x-protobuf");
	const struct pb_field *fields = good ? otlp_responses[signal] : otlp_status;
	json_auto_t *object = json   ? json_loadb(str_text(body), body->size, 0, NULL)
			      : ours ? pb_decode(fields, str_text(body), body->size)
				     : NULL;
	if (good && (json_is_object(object) || (!body->size && may_be_empty(target, type)))) {
		take_success(said, target, signal, object);
		return;
	}
	said->meaning = good ? WIRE_NO_OTLP : meaning_of(http->status);
	if (good)
		return;
	said->status = text_format("status %ld", http->status);
	take_message(said, target, json_string_value(json_object_get(object, "message")));
}

/* ---- answers of gRPC ---- */

static const struct {
	const char *name;
	enum wire_meaning meaning;
} codes[] = {
	{"ok", WIRE_TAKEN},
	{"cancelled", WIRE_BUSY}, /* the ones that OTLP says to try again */
	{"unknown", WIRE_REFUSED},
	{"invalid argument", WIRE_REFUSED},
	{"deadline exceeded", WIRE_BUSY},
	{"not found", WIRE_REFUSED},
	{"already exists", WIRE_REFUSED},
	{"permission denied", WIRE_UNKNOWN},
	{"resource exhausted", WIRE_REFUSED},
	{"failed precondition", WIRE_REFUSED},
	{"aborted", WIRE_BUSY},
	{"out of range", WIRE_BUSY},
	{"unimplemented", WIRE_NOT_THERE},
	{"internal", WIRE_REFUSED},
	{"unavailable", WIRE_BUSY},
	{"data loss", WIRE_BUSY},
	{"unauthenticated", WIRE_UNKNOWN},
};

/* One frame, not compressed. An empty body is an empty message. */
static json_t *message_of(enum otlp_signal signal, const struct str *body)
{
	const unsigned char *head = (const unsigned char *)str_text(body);
	if (!body->size)
		return json_object();
	if (body->size < FRAME_HEAD || head[0])
		return NULL;
	size_t size = 0;
	for (int i = 1; i < FRAME_HEAD; i++)
		size = size << 8 | head[i];
	return size == body->size - FRAME_HEAD ? pb_decode(otlp_responses[signal], head + FRAME_HEAD, size) : NULL;
}

static void take_grpc_message(struct wire_answer *said, const struct otlp_target *target, const char *encoded)
{
	AUTO(str) struct str text = {0};
	bool fine = encoded && percent_decode(&text, encoded, strlen(encoded));
	take_message(said, target, fine ? str_text(&text) : encoded);
}

/* The status is a trailer, or where nothing else comes, a header. */
static void read_grpc(const struct otlp_target *target, enum otlp_signal signal, const struct http_answer *http,
		      struct wire_answer *said)
{
	const char *type = http_header(http, "content-type"), *status = http_header(http, "grpc-status");
	uint64_t code;
	said->meaning = WIRE_NO_OTLP;
	if (http->status != 200) {
		said->meaning = meaning_of(http->status);
		said->status = text_format("status %ld", http->status);
		return;
	}
	if (!type || !text_starts(type, "application/grpc") || !status || !number_parse(&status, '\0', &code))
		return;
	json_auto_t *body = code ? NULL : message_of(signal, &http->body);
	if (body) {
		take_success(said, target, signal, body);
	} else if (code) {
		bool known = code < COUNT(codes);
		said->meaning = known ? codes[code].meaning : WIRE_REFUSED;
		said->status = text_format("gRPC status %llu (%s)", (unsigned long long)code,
					   known ? codes[code].name : "unknown to owctl");
		take_grpc_message(said, target, http_header(http, "grpc-message"));
	}
}

void wire_read(const struct otlp_target *target, enum otlp_signal signal, const struct probe_answer *answer,
	       struct wire_answer *said)
{
	if (target->protocol == OTLP_GRPC)
		read_grpc(target, signal, &answer->http, said);
	else
		read_http(target, signal, &answer->http, said);
}
