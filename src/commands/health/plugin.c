/* The line of a monitoring plugin: SERVICE STATUS - text | performance data. */
#include <string.h>

#include "commands/health/health.h"

/* What a monitor can't take in the text: it divides the line there. */
static void add_plain(struct str *out, const char *text)
{
	for (; *text; text++)
		str_add_char(out, *text == '|' ? '/' : *text);
}

static void add_worst(struct str *out, const struct results *results, enum severity severity)
{
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->items[i].count; j++) {
			const struct trouble *trouble = &results->items[i].troubles[j];
			if (trouble->severity != severity || !trouble_counts(trouble))
				continue;
			str_add_format(out, "; %s ", results->items[i].check->code);
			add_plain(out, trouble->subject ? trouble->subject : "");
			str_add(out, trouble->subject ? " " : "");
			add_plain(out, trouble->what);
		}
}

void health_add_plugin_line(struct str *out, const struct scene *scene, const struct results *results)
{
	const struct tally tally = results_tally(results);
	str_add_format(out, "OPEN WEBUI %s - ", verdict_names[tally_verdict(&tally)]);
	health_add_installation(out, scene);
	add_worst(out, results, SEVERITY_CRITICAL);
	add_worst(out, results, SEVERITY_WARNING);
	str_add_format(out, " | critical=%zu;;@1:;0 warning=%zu;@1:;;0 unknown=%zu;;;0 replicas=%zu;;;0;%zu",
		       tally.troubles[SEVERITY_CRITICAL], tally.troubles[SEVERITY_WARNING],
		       tally.outcomes[OUTCOME_UNKNOWN], scene_speaking(scene), scene->fleet.replicas.count);
	if (scene->database.sight.seen)
		str_add_format(out, " database_rtt=%.6fs;;;0", (double)scene->database.round_trip_us / 1e6);
	str_add_char(out, '\n');
}
