#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "telemetry/telling.h"

/* *path: NULL where there is no such folder; to be freed. */
static fallible path_of(const struct telling *telling, char **path)
{
	const char *folder = NULL, *profile = settings_profile(telling->settings);
	AUTO(str) struct str text = {0};
	TRY(settings_get(telling->settings, "OWCTL_METRICS_DIR", &folder));
	if (!folder)
		return NULL;
	str_add_format(&text, "%s/owctl_", folder);
	for (const char *c = telling->command; *c; c++)
		str_add_char(&text, *c == ' ' ? '_' : *c);
	if (profile) {
		str_add_char(&text, '_');
		percent_encode(&text, profile, strlen(profile), "");
	}
	str_add(&text, ".prom");
	*path = str_take(&text);
	return NULL;
}

static void measure(const struct telling *telling, const struct telling_end *end, struct metrics *metrics)
{
	metrics_begin(metrics, "command");
	metrics->started = telling->begun_ms;
	metrics_label(metrics, "command", telling->command);
	metrics_label(metrics, "profile", settings_profile(telling->settings));
	metrics_add(metrics, "exit_status", "What the last run ended with.", end->status);
}

void telling_measure(const struct telling *telling, const struct telling_end *end, struct metrics *metrics)
{
	AUTO(memory) char *path = NULL;
	error_ignore(path_of(telling, &path)); /* told when it is written */
	measure(telling, end, metrics);
	metrics_end(metrics, path, !end->error);
}

fallible telling_write_file(const struct telling *telling, const struct telling_end *end)
{
	AUTO(memory) char *path = NULL;
	AUTO(metrics) struct metrics metrics = {0};
	TRY(path_of(telling, &path));
	if (!path)
		return NULL;
	measure(telling, end, &metrics);
	struct error *error = metrics_write(&metrics, path, !end->error);
	return error_hint(error_wrap(error, "nothing of this run is in OWCTL_METRICS_DIR"),
			  "it is a folder that is there, and that owctl may write to");
}
