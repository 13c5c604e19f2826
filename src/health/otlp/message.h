/* The messages of OTLP as JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): names in lower
 * camel case, ids as hexadecimal digits, 64-bit numbers as text, enumerations as numbers. Only for health/otlp. */
#ifndef HEALTH_OTLP_MESSAGE_H
#define HEALTH_OTLP_MESSAGE_H

#include <jansson.h>

#include "health/otlp/otlp.h"

#define OTLP_TRACE_SIZE 16
#define OTLP_SPAN_SIZE 8

enum otlp_signal { SIGNAL_METRICS, SIGNAL_LOGS, SIGNAL_TRACES, SIGNALS };
extern const char *const otlp_paths[SIGNALS]; /* behind the address: "/v1/metrics" */

/* What a collector says, for messages: safe for a terminal, short, and without the values of the headers that it was
 * sent. To be freed. */
char *otlp_quote(const struct otlp_target *target, const char *text) MUST_CHECK;

/* Which trace and which span of it all belongs to. */
struct otlp_run {
	char trace[2 * OTLP_TRACE_SIZE + 1], root[2 * OTLP_SPAN_SIZE + 1];
};
void otlp_run_new(struct otlp_run *run);
void otlp_new_span(char id[static 2 * OTLP_SPAN_SIZE + 1]);

/* New references, each the body of one request; *count is how many data points, records and spans it has. */
json_t *otlp_metrics(const struct metrics *metrics, const struct scene *scene, size_t *count) MUST_CHECK;
json_t *otlp_logs(const struct otlp_run *run, const struct scene *scene, const struct results *results, size_t *count)
	MUST_CHECK;
json_t *otlp_traces(const struct otlp_run *run, const struct scene *scene, const struct results *results, size_t *count)
	MUST_CHECK;

/* ---- parts of them ---- */

/* {"key": .., "value": {"stringValue": ..}} in a list; nothing for a `value` that is NULL. */
void otlp_add_text(json_t *attributes, const char *key, const char *value);
void otlp_add_number(json_t *attributes, const char *key, int64_t value);
/* {"resourceX": [{"resource": .., "scopeX": [{"scope": .., NAME: items}]}]}; takes over `items`. The resource is this
 * owctl, on this host, for the installation at WEBUI_URL. */
json_t *otlp_message(const struct scene *scene, const char *resource_key, const char *scope_key,
		     const char *name, json_t *items) MUST_CHECK;
void otlp_set_time(json_t *object, const char *key, int64_t us); /* since 1970; in nanoseconds, as text */

#endif
