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

const struct health_time health_times[] = {
	{"sign_in", "sign_in_seconds", "How long signing in takes.", offsetof(struct deep_place, sign_in)},
	{"models", "models_seconds", "How long the list of models takes.", offsetof(struct deep_place, models)},
	{"completion", "completion_seconds", "How long a short answer of the model takes.",
	 offsetof(struct deep_place, completion)},
	{0},
};

static void add_sample(struct metrics *metrics, const struct scene *scene, size_t at, int64_t us)
{
	const struct replicas *replicas = &scene->fleet.replicas;
	const struct metric_label label = {"replica", at < replicas->count ? replicas->items[at].name : "WEBUI_URL"};
	metrics_add_sample(metrics, &label, 1, (double)us / 1e6);
}

static const struct deep_try *try_of(const struct scene *scene, size_t offset, size_t at)
{
	return (const void *)((const char *)&scene->fleet.deep.places[at] + offset);
}

/* Two pods may have one name, in two namespaces; of two samples with the same labels monitors take none at all. */
static bool was_told(const struct scene *scene, size_t offset, size_t at)
{
	const struct replicas *replicas = &scene->fleet.replicas;
	for (size_t i = 0; at < replicas->count && i < at; i++)
		if (try_of(scene, offset, i)->standing == DEEP_WORKS &&
		    text_equal(replicas->items[i].name, replicas->items[at].name))
			return true;
	return false;
}

/* Of --deep, for each that was asked. */
static void add_times(struct metrics *metrics, const struct scene *scene)
{
	const struct deep_sight *deep = &scene->fleet.deep;
	for (const struct health_time *time = health_times; time->name; time++) {
		if (!deep_slowest_us(deep, time->offset))
			continue;
		metrics_begin_family(metrics, time->metric, time->help);
		for (size_t i = 0; i < deep->count; i++) {
			const struct deep_try *one = try_of(scene, time->offset, i);
			if (one->standing == DEEP_WORKS && !was_told(scene, time->offset, i))
				add_sample(metrics, scene, i, one->us);
		}
	}
	const size_t completion = offsetof(struct deep_place, completion);
	if (!deep_slowest_us(deep, completion))
		return;
	metrics_begin_family(metrics, "first_token_seconds", "How long it takes until its first piece is there.");
	for (size_t i = 0; i < deep->count; i++)
		if (deep->places[i].completion.standing == DEEP_WORKS && !was_told(scene, completion, i))
			add_sample(metrics, scene, i, deep->places[i].first_us);
}

void health_add_metrics(struct metrics *metrics, const struct scene *scene, const struct results *results)
{
	const struct tally tally = results_tally(results);
	add_counts(metrics, scene, &tally);
	add_findings(metrics, results);
	add_times(metrics, scene);
}
