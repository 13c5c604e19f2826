/* What is sent of a run in one go: metrics, log records and spans, as objects of OTLP's JSON
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, opentelemetry-proto 1.x): names in lower camel
 * case, ids as hexadecimal digits, 64-bit numbers as text, enumerations as numbers. */
#ifndef TELEMETRY_BATCH_H
#define TELEMETRY_BATCH_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "telemetry/metrics.h"

#define OTLP_TRACE_SIZE 16
#define OTLP_SPAN_SIZE 8

enum otlp_signal { SIGNAL_METRICS, SIGNAL_LOGS, SIGNAL_TRACES, SIGNALS };

struct otlp_batch {
	/* Which trace and which span of it all belongs to. */
	char trace[2 * OTLP_TRACE_SIZE + 1], root[2 * OTLP_SPAN_SIZE + 1];
	json_t *attributes;     /* of the resource: who tells */
	json_t *root_attributes; /* of that span, for who adds it */
	json_t *items[SIGNALS]; /* lists of Metric, LogRecord and Span */
};

/* A new trace, and a resource that is this owctl, on this host, for the installation at `webui_url` (NULL: nobody
 * knows). */
void otlp_batch_begin(struct otlp_batch *batch, const char *webui_url);
void otlp_batch_cleanup(struct otlp_batch *batch);

/* The gauges by the same names, as they were at `us`. */
void otlp_batch_add_metrics(struct otlp_batch *batch, const struct metrics *metrics, int64_t us);
/* Takes over `record`, a LogRecord; the batch says when and of which span it is. */
void otlp_batch_add_record(struct otlp_batch *batch, json_t *record, int64_t us);

enum span_kind { SPAN_INTERNAL = 1, SPAN_CLIENT = 3 }; /* of trace.proto */
struct span {
	const char *name, *parent; /* NULL: no parent */
	enum span_kind kind;
	int64_t begun_us, ended_us; /* since 1970 */
	const char *failure;        /* NULL: it went well */
	json_t *attributes;         /* taken over */
};
void otlp_batch_add_span(struct otlp_batch *batch, const char *id, const struct span *span);
void otlp_batch_new_span(char id[static 2 * OTLP_SPAN_SIZE + 1]);

/* {"key": .., "value": {"stringValue": ..}} in a list; nothing for a `value` that is NULL. What is no UTF-8 is
 * made so. */
void otlp_add_text(json_t *attributes, const char *key, const char *value);
void otlp_add_number(json_t *attributes, const char *key, int64_t value);

/* How many data points, records or spans there are; and the body of a request that has them, a new reference. */
size_t otlp_batch_count(const struct otlp_batch *batch, enum otlp_signal signal);
json_t *otlp_batch_message(const struct otlp_batch *batch, enum otlp_signal signal) MUST_CHECK;

#endif
