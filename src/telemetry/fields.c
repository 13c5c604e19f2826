#include "telemetry/fields.h"

/* ---- what all have ---- */

static const struct pb_field any_value[] = {
	{.name = "stringValue", 1, PB_TEXT},
	{.name = "intValue", 3, PB_VARINT},
	{0},
};

static const struct pb_field key_value[] = {
	{.name = "key", 1, PB_TEXT},
	{.name = "value", 2, PB_MESSAGE, any_value},
	{0},
};

static const struct pb_field resource[] = {
	{.name = "attributes", 1, PB_MESSAGE, key_value},
	{0},
};

static const struct pb_field scope[] = {
	{.name = "name", 1, PB_TEXT},
	{.name = "version", 2, PB_TEXT},
	{0},
};

/* ---- spans ---- */

static const struct pb_field status[] = {
	{.name = "message", 2, PB_TEXT},
	{.name = "code", 3, PB_VARINT},
	{0},
};

static const struct pb_field span[] = {
	{.name = "traceId", 1, PB_DIGITS},
	{.name = "spanId", 2, PB_DIGITS},
	{.name = "parentSpanId", 4, PB_DIGITS},
	{.name = "name", 5, PB_TEXT},
	{.name = "kind", 6, PB_VARINT},
	{.name = "startTimeUnixNano", 7, PB_FIXED64},
	{.name = "endTimeUnixNano", 8, PB_FIXED64},
	{.name = "attributes", 9, PB_MESSAGE, key_value},
	{.name = "status", 15, PB_MESSAGE, status},
	{0},
};

/* ---- metrics ---- */

static const struct pb_field number_point[] = {
	{.name = "timeUnixNano", 3, PB_FIXED64},
	{.name = "asDouble", 4, PB_DOUBLE},
	{.name = "attributes", 7, PB_MESSAGE, key_value},
	{0},
};

static const struct pb_field gauge[] = {
	{.name = "dataPoints", 1, PB_MESSAGE, number_point},
	{0},
};

static const struct pb_field metric[] = {
	{.name = "name", 1, PB_TEXT},
	{.name = "description", 2, PB_TEXT},
	{.name = "unit", 3, PB_TEXT},
	{.name = "gauge", 5, PB_MESSAGE, gauge},
	{0},
};

/* ---- logs ---- */

static const struct pb_field log_record[] = {
	{.name = "timeUnixNano", 1, PB_FIXED64},
	{.name = "severityNumber", 2, PB_VARINT},
	{.name = "severityText", 3, PB_TEXT},
	{.name = "body", 5, PB_MESSAGE, any_value},
	{.name = "attributes", 6, PB_MESSAGE, key_value},
	{.name = "traceId", 9, PB_DIGITS},
	{.name = "spanId", 10, PB_DIGITS},
	{.name = "observedTimeUnixNano", 11, PB_FIXED64},
	{0},
};

/* ---- requests and answers, which are alike but for names ---- */

#define DEFINE_REQUEST(kind, of_resource, of_scope, items, item)                                   \
	static const struct pb_field kind##_scope[] = {                                            \
		{.name = "scope", 1, PB_MESSAGE, scope},                                           \
		{.name = (items), 2, PB_MESSAGE, item},                                            \
		{0},                                                                               \
	};                                                                                         \
	static const struct pb_field kind##_resource[] = {                                         \
		{.name = "resource", 1, PB_MESSAGE, resource},                                     \
		{.name = (of_scope), 2, PB_MESSAGE, kind##_scope},                                 \
		{0},                                                                               \
	};                                                                                         \
	static const struct pb_field kind##_request[] = {                                          \
		{.name = (of_resource), 1, PB_MESSAGE, kind##_resource},                           \
		{0},                                                                               \
	}

#define DEFINE_RESPONSE(kind, rejected)                                                            \
	static const struct pb_field kind##_partial[] = {                                          \
		{.name = (rejected), 1, PB_VARINT},                                                \
		{.name = "errorMessage", 2, PB_TEXT},                                              \
		{0},                                                                               \
	};                                                                                         \
	static const struct pb_field kind##_response[] = {                                         \
		{.name = "partialSuccess", 1, PB_MESSAGE, kind##_partial},                         \
		{0},                                                                               \
	}

DEFINE_REQUEST(metrics, "resourceMetrics", "scopeMetrics", "metrics", metric);
DEFINE_REQUEST(logs, "resourceLogs", "scopeLogs", "logRecords", log_record);
DEFINE_REQUEST(traces, "resourceSpans", "scopeSpans", "spans", span);
DEFINE_RESPONSE(metrics, "rejectedDataPoints");
DEFINE_RESPONSE(logs, "rejectedLogRecords");
DEFINE_RESPONSE(traces, "rejectedSpans");

const struct pb_field *const otlp_requests[SIGNALS] = {
	[SIGNAL_METRICS] = metrics_request, [SIGNAL_LOGS] = logs_request, [SIGNAL_TRACES] = traces_request};
const struct pb_field *const otlp_responses[SIGNALS] = {
	[SIGNAL_METRICS] = metrics_response, [SIGNAL_LOGS] = logs_response, [SIGNAL_TRACES] = traces_response};

const struct pb_field otlp_status[] = {
	{.name = "code", 1, PB_VARINT},
	{.name = "message", 2, PB_TEXT},
	{0},
};
