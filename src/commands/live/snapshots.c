#include "backup/record.h"
#include "backup/repository_settings.h"
#include "base/memory.h"
#include "commands/live/live.h"

static const char *location_of(const struct live_question *question)
{
	return completing_text(question->completing, "repository");
}

static fallible identify(const struct live_question *question, char **identity)
{
	AUTO(repository_place) struct repository_place place = {0};
	TRY(repository_place_read(question->settings, location_of(question), &place));
	*identity = text_copy(place.target.display);
	return NULL;
}

/* All, as they are few: the newest first. */
static fallible fetch(const struct live_question *question, struct live_values *values)
{
	AUTO(repository_place) struct repository_place place = {0};
	AUTO(repository) struct repository repository = {0};
	AUTO(strings) struct strings snapshots = {0};
	TRY(repository_place_read(question->settings, location_of(question), &place));
	place.options.connect_timeout_s = question->timeout_s;
	TRY(repository_place_open(&place, &repository));
	TRY(record_list(&repository, &snapshots));
	for (size_t i = snapshots.count; i > 0; i--)
		if (text_starts(snapshots.items[i - 1], question->prefix))
			strings_add(&values->words, snapshots.items[i - 1]);
	return NULL;
}

static const struct live_kind snapshots = {"snapshots", identify, fetch};

void complete_snapshot(const struct completing *completing, const char *prefix, struct strings *words)
{
	if (text_starts("latest", prefix))
		strings_add(words, "latest\tthe newest one");
	live_complete(&snapshots, completing, prefix, words);
}
