#include "base/memory.h"
#include "health/look/look.h"
#include "health/otlp/otlp.h"

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

static void add_replica(struct otlp_batch *batch, const char *parent, const struct replica *replica)
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
	otlp_batch_new_span(id);
	otlp_batch_add_span(batch, id, &span);
}

static void add_replicas(struct otlp_batch *batch, const char *parent, const struct fleet_sight *fleet)
{
	for (size_t i = 0; i < fleet->replicas.count; i++)
		add_replica(batch, parent, &fleet->replicas.items[i]);
	if (fleet->front.url)
		add_replica(batch, parent, &fleet->front);
}

static void add_part(struct otlp_batch *batch, const struct scene *scene, const struct part *part)
{
	const struct sight *sight = (const void *)((const char *)scene + part->sight);
	char id[2 * OTLP_SPAN_SIZE + 1];
	if (!sight->begun_us)
		return;
	AUTO(memory) char *failure = sight->failure ? error_text(sight->failure) : NULL;
	otlp_batch_new_span(id);
	otlp_batch_add_span(batch, id,
		       &(struct span){.name = part->what,
				      .parent = batch->root,
				      .kind = SPAN_INTERNAL,
				      .begun_us = sight->begun_us,
				      .ended_us = sight->ended_us,
				      .failure = failure,
				      .attributes = json_array()});
	if (part == &fleet_part)
		add_replicas(batch, id, &scene->fleet);
}

void health_add_spans(struct otlp_batch *batch, const struct scene *scene)
{
	for (size_t i = 0; parts[i]; i++)
		add_part(batch, scene, parts[i]);
}
