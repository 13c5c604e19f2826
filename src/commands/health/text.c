/* What was found, for people: what matters first. */
#include <string.h>

#include "base/memory.h"
#include "cli/screen.h"
#include "commands/health/health.h"
#include "health/majority.h"

static const char *release_of(const struct replica *replica)
{
	return replica->release;
}

void health_add_installation(struct str *out, const struct scene *scene)
{
	size_t all = scene->fleet.replicas.count, speaking = scene_speaking(scene);
	const char *release = majority_of(scene, release_of);
	if (speaking < all)
		str_add_format(out, "%zu of %zu replicas answer", speaking, all);
	else
		str_add_format(out, "%zu replica%s", all, all == 1 ? "" : "s");
	if (release)
		str_add_format(out, ", Open WebUI %s", release);
	if (scene->database.sight.seen)
		str_add_format(out, ", %s %s", scene->database.server ? "PostgreSQL" : "SQLite",
			       scene->database.version);
	if (scene->redis.sight.seen && scene->redis.version)
		str_add_format(out, ", Redis %s", scene->redis.version);
}

static void add_verdict(struct str *out, const struct scene *scene, const struct results *results)
{
	const struct tally tally = results_tally(results);
	str_add_format(out, "%s: ", verdict_names[tally_verdict(&tally)]);
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_WARNING; severity--)
		if (tally.troubles[severity])
			str_add_format(out, "%zu %s, ", tally.troubles[severity], severity_names[severity]);
	if (tally.outcomes[OUTCOME_UNKNOWN])
		str_add_format(out, "%zu not known, ", tally.outcomes[OUTCOME_UNKNOWN]);
	if (tally.suppressed)
		str_add_format(out, "%zu ignored, ", tally.suppressed);
	if (tally.known)
		str_add_format(out, "%zu known, ", tally.known);
	str_add_format(out, "%zu good\n", tally.outcomes[OUTCOME_GOOD]);
	health_add_installation(out, scene);
	str_add_char(out, '\n');
}

/* ---- troubles ---- */

void health_add_entry(struct str *out, const char *state, const char *text, size_t width)
{
	str_add_format(out, "  %-*s", HEALTH_STATE_WIDTH, state);
	screen_wrap(out, text, HEALTH_STATE_WIDTH + 2, width);
	str_add_char(out, '\n');
}

void health_add_remedy(struct str *out, const char *remedy, size_t width)
{
	AUTO(memory) char *text = text_format("-> %s", remedy);
	health_add_entry(out, "", text, width);
}

static void add_trouble(struct str *out, const struct check *check, const struct trouble *trouble, size_t width)
{
	AUTO(memory) char *text = text_format("%s%s%s (%s)", trouble->subject ? trouble->subject : "",
					      trouble->subject ? " " : "", trouble->what, check->code);
	health_add_entry(out, severity_names[trouble->severity], text, width);
	health_add_remedy(out, trouble->remedy ? trouble->remedy : check->remedy, width);
}

/* In a line of its own, so that nobody takes a suppression for a state that is good. */
static void add_uncounted(struct str *out, const struct check *check, const struct trouble *trouble, size_t width)
{
	AUTO(memory) char *text = text_format("%s%s%s (%s)%s%s", trouble->subject ? trouble->subject : "",
					      trouble->subject ? " " : "", trouble->what, check->code,
					      trouble->suppressed ? ": " : "",
					      trouble->suppressed ? trouble->suppressed : "");
	health_add_entry(out, trouble->suppressed ? "ignored" : "known", text, width);
}

static void add_heading(struct str *out, enum family family, bool *said)
{
	if (!*said)
		str_add_format(out, "\n%s\n", family_words[family].title);
	*said = true;
}

static void add_of_severity(struct str *out, const struct result *result, enum severity severity, bool *said,
			    size_t width)
{
	for (size_t i = 0; i < result->count; i++) {
		if (result->troubles[i].severity != severity || !trouble_counts(&result->troubles[i]))
			continue;
		add_heading(out, result->check->family, said);
		add_trouble(out, result->check, &result->troubles[i], width);
	}
}

static void add_other(struct str *out, const struct result *result, bool verbose, bool *said, size_t width)
{
	AUTO(memory) char *text = result->outcome == OUTCOME_GOOD
					  ? text_format("%s (%s)", result->check->title, result->check->code)
					  : text_format("%s (%s): %s", result->check->title, result->check->code,
							result->why);
	for (size_t i = 0; i < result->count; i++)
		if (!trouble_counts(&result->troubles[i]) && (verbose || result->troubles[i].suppressed)) {
			add_heading(out, result->check->family, said);
			add_uncounted(out, result->check, &result->troubles[i], width);
		}
	if (result->outcome == OUTCOME_TROUBLE || result->left_out)
		return;
	if (result->outcome != OUTCOME_UNKNOWN && !verbose)
		return;
	add_heading(out, result->check->family, said);
	health_add_entry(out, outcome_names[result->outcome], text, width);
}

static void add_family(struct str *out, const struct results *results, enum family family, bool verbose, size_t width)
{
	bool said = false;
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < results->count; i++)
			if (results->items[i].check->family == family)
				add_of_severity(out, &results->items[i], (enum severity)severity, &said, width);
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].check->family == family)
			add_other(out, &results->items[i], verbose, &said, width);
}

/* ---- what was not looked at ---- */

/* Each reason once: what is missing, and not every check that misses it. */
static void add_skipped(struct str *out, const struct results *results, size_t width)
{
	AUTO(strings) struct strings reasons = {0};
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->outcome == OUTCOME_SKIPPED && !result->left_out && !strings_have(&reasons, result->why))
			strings_add(&reasons, result->why);
	}
	if (!reasons.count)
		return;
	AUTO(memory) char *list = strings_join(&reasons, "; ");
	size_t count = results_tally(results).outcomes[OUTCOME_SKIPPED];
	AUTO(memory) char *text = text_format("%zu check%s had nothing to look at: %s. -v shows %s.", count,
					      count == 1 ? "" : "s", list, count == 1 ? "it" : "each");
	str_add_char(out, '\n');
	screen_wrap(out, text, 0, width);
	str_add_char(out, '\n');
}

void health_add_text(struct str *out, const struct scene *scene, const struct results *results, bool verbose,
		     size_t width)
{
	add_verdict(out, scene, results);
	for (int family = FAMILY_REPLICAS; family < FAMILIES; family++)
		add_family(out, results, (enum family)family, verbose, width);
	if (!verbose)
		add_skipped(out, results, width);
}
