#include "telemetry/batch.h"

#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/digest.h"
#include "net/http.h"

static const struct {
	const char *resource, *scope, *items;
} names[SIGNALS] = {
	[SIGNAL_METRICS] = {"resourceMetrics", "scopeMetrics", "metrics"},
	[SIGNAL_LOGS] = {"resourceLogs", "scopeLogs", "logRecords"},
	[SIGNAL_TRACES] = {"resourceSpans", "scopeSpans", "spans"},
};

#define STATUS_ERROR 2 /* of trace.proto */

/* ---- ids ---- */

static void new_id(size_t size, char *text)
{
	unsigned char bytes[OTLP_TRACE_SIZE];
	do
		random_bytes(bytes, size);
	while (sodium_is_zero(bytes, size)); /* which means that there is none */
	hex_text(bytes, size, text);
}

void otlp_batch_new_span(char id[static 2 * OTLP_SPAN_SIZE + 1])
{
	new_id(OTLP_SPAN_SIZE, id);
}

/* ---- attributes ---- */

void otlp_add_text(json_t *attributes, const char *key, const char *value)
{
	AUTO(memory) char *safe = value ? utf8_safe_copy(value) : NULL;
	if (safe)
		json_array_append_new(attributes,
				      json_pack("{s:s, s:{s:s}}", "key", key, "value", "stringValue", safe));
}

void otlp_add_number(json_t *attributes, const char *key, int64_t value)
{
	AUTO(memory) char *text = text_format("%lld", (long long)value);
	json_array_append_new(attributes, json_pack("{s:s, s:{s:s}}", "key", key, "value", "intValue", text));
}

static void set_time(json_t *object, const char *key, int64_t us)
{
	AUTO(memory) char *text = text_format("%lld000", (long long)us);
	json_object_set_new(object, key, json_string(text));
}

/* ---- the batch ---- */

void otlp_batch_begin(struct otlp_batch *batch, const char *webui_url)
{
	char host[256] = "";
	AUTO(memory) char *origin = webui_url ? http_origin(webui_url) : NULL;
	*batch = (struct otlp_batch){.attributes = json_array(), .root_attributes = json_array()};
	for (enum otlp_signal i = 0; i < SIGNALS; i++)
		batch->items[i] = json_array();
	new_id(OTLP_TRACE_SIZE, batch->trace);
	otlp_batch_new_span(batch->root);
	gethostname(host, sizeof host - 1);
	otlp_add_text(batch->attributes, "service.name", "owctl");
	otlp_add_text(batch->attributes, "service.version", OWCTL_VERSION);
	otlp_add_text(batch->attributes, "host.name", host);
	otlp_add_text(batch->attributes, "owctl.webui_url", origin);
}

void otlp_batch_cleanup(struct otlp_batch *batch)
{
	json_decref(batch->attributes);
	json_decref(batch->root_attributes);
	for (enum otlp_signal i = 0; i < SIGNALS; i++)
		json_decref(batch->items[i]);
}

void otlp_batch_add_record(struct otlp_batch *batch, json_t *record, int64_t us)
{
	json_object_set_new(record, "traceId", json_string(batch->trace));
	json_object_set_new(record, "spanId", json_string(batch->root));
	set_time(record, "timeUnixNano", us);
	set_time(record, "observedTimeUnixNano", us);
	json_array_append_new(batch->items[SIGNAL_LOGS], record);
}

void otlp_batch_add_span(struct otlp_batch *batch, const char *id, const struct span *span)
{
	json_t *one = json_pack("{s:s, s:s, s:s, s:i, s:o}", "traceId", batch->trace, "spanId", id, "name", span->name,
				"kind", (int)span->kind, "attributes", span->attributes);
	if (span->parent)
		json_object_set_new(one, "parentSpanId", json_string(span->parent));
	AUTO(memory) char *failure = utf8_safe_copy(span->failure); /* what a server said, too */
	if (failure)
		json_object_set_new(one, "status", json_pack("{s:i, s:s}", "code", STATUS_ERROR, "message", failure));
	set_time(one, "startTimeUnixNano", span->begun_us);
	set_time(one, "endTimeUnixNano", span->ended_us > span->begun_us ? span->ended_us : span->begun_us);
	json_array_append_new(batch->items[SIGNAL_TRACES], one);
}

/* ---- metrics ---- */

static json_t *point_of(const struct metric_sample *sample, int64_t us)
{
	json_t *attributes = json_array();
	for (size_t i = 0; i + 1 < sample->labels.count; i += 2)
		otlp_add_text(attributes, sample->labels.items[i], sample->labels.items[i + 1]);
	json_t *point = json_pack("{s:o, s:f}", "attributes", attributes, "asDouble", sample->value);
	set_time(point, "timeUnixNano", us);
	return point;
}

void otlp_batch_add_metrics(struct otlp_batch *batch, const struct metrics *metrics, int64_t us)
{
	for (size_t i = 0; i < metrics->count; i++) {
		const struct metric_family *family = &metrics->families[i];
		if (!family->count)
			continue; /* a metric has points, or is not there */
		json_t *points = json_array();
		for (size_t j = 0; j < family->count; j++)
			json_array_append_new(points, point_of(&family->samples[j], us));
		/* Without a unit but that of times: Prometheus would get another name for one. */
		json_array_append_new(batch->items[SIGNAL_METRICS],
				      json_pack("{s:s, s:s, s:s, s:{s:o}}", "name", family->name, "description",
						family->help, "unit", text_ends(family->name, "_seconds") ? "s" : "",
						"gauge", "dataPoints", points));
	}
}

/* ---- requests ---- */

size_t otlp_batch_count(const struct otlp_batch *batch, enum otlp_signal signal)
{
	const json_t *items = batch->items[signal], *item;
	size_t count = 0, i;
	if (signal != SIGNAL_METRICS)
		return json_array_size(items);
	json_array_foreach(items, i, item)
		count += json_array_size(json_object_get(json_object_get(item, "gauge"), "dataPoints"));
	return count;
}

json_t *otlp_batch_message(const struct otlp_batch *batch, enum otlp_signal signal)
{
	return json_pack("{s:[{s:{s:O}, s:[{s:{s:s, s:s}, s:O}]}]}", names[signal].resource, "resource", "attributes",
			 batch->attributes, names[signal].scope, "scope", "name", "owctl", "version", OWCTL_VERSION,
			 names[signal].items, batch->items[signal]);
}
