/* For monitors: how many of what, and what was found. */
#include "commands/health/health.h"

static void add_counts(struct metrics *metrics, const struct scene *scene, const struct tally *tally)
{
	metrics_add(metrics, "verdict", "What all of it comes to: 0 ok, 1 warning, 2 critical, 3 unknown.",
		    (double)tally_verdict(tally));
	metrics_add(metrics, "replicas", "Replicas that were looked for.", (double)scene->fleet.replicas.count);
	metrics_add(metrics, "replicas_answering", "Replicas that answer as Open WebUI.",
		    (double)scene_speaking(scene));
	if (scene->database.sight.seen)
		metrics_add(metrics, "database_round_trip_seconds", "How long a statement that does nothing takes.",
			    (double)scene->database.round_trip_us / 1e6);
	metrics_begin_family(metrics, "checks", "Checks by what came of them.");
	for (int outcome = 0; outcome < OUTCOMES; outcome++) {
		const struct metric_label label = {"outcome", outcome_names[outcome]};
		metrics_add_sample(metrics, &label, 1, (double)tally->outcomes[outcome]);
	}
	metrics_begin_family(metrics, "findings", "What was found, by severity.");
	for (int severity = 0; severity < SEVERITIES; severity++) {
		const struct metric_label label = {"severity", severity_names[severity]};
		metrics_add_sample(metrics, &label, 1, (double)tally->troubles[severity]);
	}
}

/* One for each check and subject: a check may find several things about one, and no two samples may be alike. */
static bool comes_again(const struct result *result, size_t at)
{
	for (size_t i = at + 1; i < result->count; i++)
		if (text_equal(result->troubles[i].subject, result->troubles[at].subject) &&
		    result->troubles[i].severity == result->troubles[at].severity &&
		    trouble_counts(&result->troubles[i]) == trouble_counts(&result->troubles[at]))
			return true;
	return false;
}

static void add_findings(struct metrics *metrics, const struct results *results)
{
	metrics_begin_family(metrics, "finding", "1 for each thing that was found and counts.");
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->items[i].count; j++) {
			const struct result *result = &results->items[i];
			const struct trouble *trouble = &result->troubles[j];
			const struct metric_label labels[] = {{"code", result->check->code},
							      {"check", result->check->name},
							      {"severity", severity_names[trouble->severity]},
							      {"subject", trouble->subject ? trouble->subject : ""}};
			if (trouble_counts(trouble) && !comes_again(result, j))
				metrics_add_sample(metrics, labels, COUNT(labels), 1);
		}
}

void health_add_metrics(struct metrics *metrics, const struct scene *scene, const struct results *results)
{
	const struct tally tally = results_tally(results);
	add_counts(metrics, scene, &tally);
	add_findings(metrics, results);
}
