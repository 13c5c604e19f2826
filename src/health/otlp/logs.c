/* A record for each thing that was found and counts, and for each check that could not find out. */
#include "health/otlp/message.h"

#include "base/str.h"

/* The lowest number of each range: SeverityNumber of logs.proto. */
static const int severity_numbers[SEVERITIES] = {
	[SEVERITY_INFO] = 9, [SEVERITY_WARNING] = 13, [SEVERITY_CRITICAL] = 17};

struct entry {
	const struct check *check;
	enum severity severity;
	const char *body, *subject, *remedy;
	const char *outcome;
};

static json_t *record_of(const struct entry *what, const struct otlp_run *run, const struct scene *scene)
{
	json_t *attributes = json_array();
	otlp_add_text(attributes, "owctl.check.code", what->check->code);
	otlp_add_text(attributes, "owctl.check.name", what->check->name);
	otlp_add_text(attributes, "owctl.check.family", family_words[what->check->family].name);
	otlp_add_text(attributes, "owctl.check.outcome", what->outcome);
	otlp_add_text(attributes, "owctl.subject", what->subject);
	otlp_add_text(attributes, "owctl.remedy", what->remedy);
	json_t *record = json_pack("{s:i, s:s, s:{s:s}, s:o, s:s, s:s}", "severityNumber",
				   severity_numbers[what->severity], "severityText", severity_names[what->severity],
				   "body", "stringValue", what->body, "attributes", attributes, "traceId", run->trace,
				   "spanId", run->root);
	otlp_set_time(record, "timeUnixNano", scene->ended_us);
	otlp_set_time(record, "observedTimeUnixNano", scene->ended_us);
	return record;
}

static void add_records(json_t *list, const struct result *result, const struct otlp_run *run,
			const struct scene *scene)
{
	struct entry entry = {.check = result->check, .outcome = outcome_names[result->outcome]};
	for (size_t i = 0; i < result->count; i++) {
		const struct trouble *trouble = &result->troubles[i];
		entry.severity = trouble->severity;
		entry.body = trouble->what;
		entry.subject = trouble->subject;
		entry.remedy = trouble->remedy ? trouble->remedy : result->check->remedy;
		if (trouble_counts(trouble))
			json_array_append_new(list, record_of(&entry, run, scene));
	}
	if (result->outcome != OUTCOME_UNKNOWN)
		return;
	entry.severity = SEVERITY_WARNING;
	entry.body = result->why;
	entry.subject = entry.remedy = NULL;
	json_array_append_new(list, record_of(&entry, run, scene));
}

json_t *otlp_logs(const struct otlp_run *run, const struct scene *scene, const struct results *results, size_t *count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < results->count; i++)
		add_records(list, &results->items[i], run, scene);
	*count = json_array_size(list);
	return otlp_message(scene, "resourceLogs", "scopeLogs", "logRecords", list);
}
