#include "health/otlp/otlp.h"

/* The lowest number of each range: SeverityNumber of logs.proto. */
static const int severity_numbers[SEVERITIES] = {
	[SEVERITY_INFO] = 9, [SEVERITY_WARNING] = 13, [SEVERITY_CRITICAL] = 17};

struct entry {
	const struct check *check;
	enum severity severity;
	const char *body, *subject, *remedy;
	const char *outcome;
};

static void add_record(struct otlp_batch *batch, const struct entry *what, int64_t us)
{
	json_t *attributes = json_array();
	otlp_add_text(attributes, "owctl.check.code", what->check->code);
	otlp_add_text(attributes, "owctl.check.name", what->check->name);
	otlp_add_text(attributes, "owctl.check.family", family_words[what->check->family].name);
	otlp_add_text(attributes, "owctl.check.outcome", what->outcome);
	otlp_add_text(attributes, "owctl.subject", what->subject);
	otlp_add_text(attributes, "owctl.remedy", what->remedy);
	otlp_batch_add_record(batch,
			 json_pack("{s:i, s:s, s:{s:s}, s:o}", "severityNumber", severity_numbers[what->severity],
				   "severityText", severity_names[what->severity], "body", "stringValue", what->body,
				   "attributes", attributes),
			 us);
}

static void add_records(struct otlp_batch *batch, const struct result *result, int64_t us)
{
	struct entry entry = {.check = result->check, .outcome = outcome_names[result->outcome]};
	for (size_t i = 0; i < result->count; i++) {
		const struct trouble *trouble = &result->troubles[i];
		entry.severity = trouble->severity;
		entry.body = trouble->what;
		entry.subject = trouble->subject;
		entry.remedy = trouble->remedy ? trouble->remedy : result->check->remedy;
		if (trouble_counts(trouble))
			add_record(batch, &entry, us);
	}
	if (result->outcome != OUTCOME_UNKNOWN)
		return;
	entry.severity = SEVERITY_WARNING;
	entry.body = result->why;
	entry.subject = entry.remedy = NULL;
	add_record(batch, &entry, us);
}

void health_add_logs(struct otlp_batch *batch, const struct scene *scene, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		add_records(batch, &results->items[i], scene->ended_us);
}
