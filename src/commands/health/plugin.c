/* The line of a monitoring plugin: SERVICE STATUS - text | performance data. */
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "commands/health/health.h"

/* What monitors keep of a line: NRPE takes 1 kB in its second version, and performance data are to be in it. */
#define TEXT_MOST 700
#define UNWRITTEN_MOST 160

/* What a monitor can't take in the text: it divides the line there. */
static void add_plain(struct str *out, const char *text)
{
	for (; *text; text++)
		str_add_char(out, *text == '|' ? '/' : *text);
}

static void add_unwritten(struct str *out, const char *unwritten)
{
	AUTO(memory) char *safe = utf8_safe_copy(unwritten);
	AUTO(memory) char *start = text_copy_n(safe, utf8_cut(safe, UNWRITTEN_MOST));
	str_add(out, "; ");
	add_plain(out, start);
	str_add(out, text_equal(start, safe) ? "" : "..");
}

/* Whether one more is told; else it is counted alone. */
static bool has_room(const struct str *out, size_t *more)
{
	bool room = out->size < TEXT_MOST;
	*more += !room;
	return room;
}

static void add_worst(struct str *out, const struct results *results, enum severity severity, size_t *more)
{
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->items[i].count; j++) {
			const struct trouble *trouble = &results->items[i].troubles[j];
			if (trouble->severity != severity || !trouble_counts(trouble) || !has_room(out, more))
				continue;
			str_add_format(out, "; %s ", results->items[i].check->code);
			add_plain(out, trouble->subject ? trouble->subject : "");
			str_add(out, trouble->subject ? " " : "");
			add_plain(out, trouble->what);
		}
}

static void add_unknown(struct str *out, const struct results *results, size_t *more)
{
	for (size_t i = 0; i < results->count; i++) {
		if (results->items[i].outcome != OUTCOME_UNKNOWN || !has_room(out, more))
			continue;
		str_add_format(out, "; %s not known: ", results->items[i].check->code);
		add_plain(out, results->items[i].why);
	}
}

/* The slowest of each. */
static void add_times(struct str *out, const struct deep_sight *deep)
{
	for (const struct health_time *time = health_times; time->name; time++) {
		int64_t us = deep_slowest_us(deep, time->offset);
		if (us)
			str_add_format(out, " %s=%.6fs;;;0", time->name, (double)us / 1e6);
	}
}

void health_add_plugin_line(struct str *out, const struct scene *scene, const struct results *results,
			    enum verdict verdict, const char *unwritten)
{
	const struct tally tally = results_tally(results);
	str_add_format(out, "OPEN WEBUI %s - ", verdict_names[verdict]);
	AUTO(str) struct str installation = {0};
	health_add_installation(&installation, scene);
	add_plain(out, str_text(&installation));
	if (unwritten)
		add_unwritten(out, unwritten);
	size_t more = 0;
	add_worst(out, results, SEVERITY_CRITICAL, &more);
	add_worst(out, results, SEVERITY_WARNING, &more);
	add_unknown(out, results, &more);
	if (more)
		str_add_format(out, "; and %zu more", more);
	str_add_format(out, " | critical=%zu;;@1:;0 warning=%zu;@1:;;0 unknown=%zu;;;0 replicas=%zu;;;0;%zu",
		       tally.troubles[SEVERITY_CRITICAL], tally.troubles[SEVERITY_WARNING],
		       tally.outcomes[OUTCOME_UNKNOWN], scene_speaking(scene), scene->fleet.replicas.count);
	if (scene->database.sight.seen)
		str_add_format(out, " database_rtt=%.6fs;;;0", (double)scene->database.round_trip_us / 1e6);
	add_times(out, &scene->fleet.deep);
	str_add_char(out, '\n');
}
