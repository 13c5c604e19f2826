/* The run itself: a span for all of it, below it one for each part that was looked at, and below the replicas' one for
 * each of them. */
#include "base/memory.h"
#include "base/utf8.h"
#include "health/look/look.h"
#include "health/otlp/message.h"

enum span_kind { SPAN_INTERNAL = 1, SPAN_CLIENT = 3 }; /* of trace.proto, as STATUS_CODE_ERROR is */
#define STATUS_ERROR 2

struct span {
	const char *name, *parent; /* NULL: it is the root */
	enum span_kind kind;
	int64_t begun_us, ended_us;
	const char *failure; /* NULL: it went well */
	json_t *attributes;  /* taken over */
};

static void add_span(json_t *list, const struct otlp_run *run, const char *id, const struct span *span)
{
	json_t *one = json_pack("{s:s, s:s, s:s, s:i, s:o}", "traceId", run->trace, "spanId", id, "name", span->name,
				"kind", (int)span->kind, "attributes", span->attributes);
	if (span->parent)
		json_object_set_new(one, "parentSpanId", json_string(span->parent));
	AUTO(memory) char *failure = utf8_safe_copy(span->failure);
	if (failure)
		json_object_set_new(one, "status", json_pack("{s:i, s:s}", "code", STATUS_ERROR, "message", failure));
	otlp_set_time(one, "startTimeUnixNano", span->begun_us);
	otlp_set_time(one, "endTimeUnixNano", span->ended_us > span->begun_us ? span->ended_us : span->begun_us);
	json_array_append_new(list, one);
}

static void add_root(json_t *list, const struct otlp_run *run, const struct scene *scene, const struct results *results)
{
	const struct tally tally = results_tally(results);
	json_t *attributes = json_array();
	otlp_add_text(attributes, "owctl.health.verdict", verdict_names[tally_verdict(&tally)]);
	otlp_add_number(attributes, "owctl.health.replicas", (int64_t)scene->fleet.replicas.count);
	add_span(list, run, run->root,
		 &(struct span){.name = "owctl health check",
				.kind = SPAN_INTERNAL,
				.begun_us = scene->begun_us,
				.ended_us = scene->ended_us,
				.attributes = attributes});
}

/* From its first question on to the last answer; false: it was not asked. */
static bool time_of(const struct replica *replica, struct span *span)
{
	for (enum question question = 0; question < QUESTIONS; question++) {
		const struct probe_answer *answer = &replica->answers[question];
		int64_t begun_us = answer->asked_ms * 1000, ended_us = begun_us + answer->total_us;
		if (!replica->asked[question] || !answer->asked_ms)
			continue;
		span->begun_us = span->begun_us && span->begun_us < begun_us ? span->begun_us : begun_us;
		span->ended_us = span->ended_us > ended_us ? span->ended_us : ended_us;
	}
	return span->begun_us > 0;
}

static void add_replica(json_t *list, const struct otlp_run *run, const char *parent, const struct replica *replica)
{
	const struct probe_answer *version = &replica->answers[ASK_VERSION];
	struct span span = {.name = "replica", .parent = parent, .kind = SPAN_CLIENT};
	char id[2 * OTLP_SPAN_SIZE + 1];
	if (!time_of(replica, &span))
		return;
	AUTO(memory) char *failure = version->failure ? error_text(version->failure) : NULL;
	span.failure = failure;
	span.attributes = json_array();
	otlp_add_text(span.attributes, "owctl.replica", replica->name);
	otlp_add_text(span.attributes, "owctl.replica.release", replica->release);
	otlp_new_span(id);
	add_span(list, run, id, &span);
}

static void add_replicas(json_t *list, const struct otlp_run *run, const char *parent, const struct fleet_sight *fleet)
{
	for (size_t i = 0; i < fleet->replicas.count; i++)
		add_replica(list, run, parent, &fleet->replicas.items[i]);
	if (fleet->front.url)
		add_replica(list, run, parent, &fleet->front);
}

static void add_part(json_t *list, const struct otlp_run *run, const struct scene *scene, const struct part *part)
{
	const struct sight *sight = (const void *)((const char *)scene + part->sight);
	char id[2 * OTLP_SPAN_SIZE + 1];
	if (!sight->begun_us)
		return;
	AUTO(memory) char *failure = sight->failure ? error_text(sight->failure) : NULL;
	otlp_new_span(id);
	add_span(list, run, id,
		 &(struct span){.name = part->what,
				.parent = run->root,
				.kind = SPAN_INTERNAL,
				.begun_us = sight->begun_us,
				.ended_us = sight->ended_us,
				.failure = failure,
				.attributes = json_array()});
	if (part == &fleet_part)
		add_replicas(list, run, id, &scene->fleet);
}

json_t *otlp_traces(const struct otlp_run *run, const struct scene *scene, const struct results *results, size_t *count)
{
	json_t *list = json_array();
	add_root(list, run, scene, results);
	for (size_t i = 0; parts[i]; i++)
		add_part(list, run, scene, parts[i]);
	*count = json_array_size(list);
	return otlp_message(scene, "resourceSpans", "scopeSpans", "spans", list);
}
