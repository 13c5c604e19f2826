/* Places where replicas may be: nobody is asked, as one place may stand for many. */
#include <string.h>

#include "base/memory.h"
#include "commands/live/live.h"
#include "health/discover.h"
#include "settings/mask.h"

/* A password is in no address of a replica, but may have been put there. */
static bool is_plain(const char *place)
{
	AUTO(memory) char *shown = url_mask(place);
	return !strcmp(shown, place);
}

static fallible add_set(const struct completing *completing, const char *prefix, struct strings *words)
{
	const struct globals *globals = &completing->line->globals;
	AUTO(settings) struct settings *settings = NULL;
	AUTO(strings) struct strings places = {0};
	const char *set = NULL;
	TRY(globals_settings(globals, globals->profile, &settings));
	TRY(settings_get(settings, "OWCTL_REPLICAS", &set));
	strings_split(&places, set ? set : "", ',');
	for (size_t i = 0; i < places.count; i++)
		if (text_starts(places.items[i], prefix) && is_plain(places.items[i]))
			strings_add(words, places.items[i]);
	return NULL;
}

void complete_replica(const struct completing *completing, const char *prefix, struct strings *words)
{
	AUTO(strings) struct strings beginnings = {0};
	error_ignore(add_set(completing, prefix, words));
	discover_beginnings(&beginnings);
	for (size_t i = 0; i < beginnings.count; i++)
		if (text_starts(beginnings.items[i], prefix))
			strings_add(words, beginnings.items[i]);
}
