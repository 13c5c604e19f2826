/* What the child does: settings, what is kept of them, and what there is now. */
#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "commands/live/cache.h"

#define FRESH_MS 1000 /* what is kept for no longer is not asked for again */
#define TIMEOUT_S 5

/* Nobody may be there to read it any more. */
static void write_all(int fd, const struct str *text)
{
	for (size_t at = 0; at < text->size;) {
		ssize_t done = write(fd, str_text(text) + at, text->size - at);
		if (done < 0 && errno != EINTR)
			return;
		at += done > 0 ? (size_t)done : 0;
	}
}

static void say(int fd, bool kept, const char *prefix, const struct live_values *values)
{
	AUTO(str) struct str message = {0};
	live_message_add(&message, kept, prefix, values);
	write_all(fd, &message);
}

static fallible answer(const struct live_kind *kind, struct live_question *question, int fd)
{
	const struct globals *globals = &question->completing->line->globals;
	AUTO(settings) struct settings *settings = NULL;
	AUTO(memory) char *identity = NULL;
	AUTO(live_values) struct live_values kept = {0};
	AUTO(live_values) struct live_values values = {0};
	TRY(globals_settings(globals, globals->profile, &settings));
	question->settings = settings;
	TRY(kind->identify(question, &identity));
	AUTO(memory) char *path = live_cache_path(kind, identity);
	int64_t age_ms;
	bool found = live_cache_read(path, question->prefix, &kept, &age_ms);
	bool fresh = found && age_ms < FRESH_MS;
	if (found)
		say(fd, !fresh, question->prefix, &kept);
	if (fresh)
		return NULL;
	TRY(kind->fetch(question, &values));
	say(fd, false, question->prefix, &values);
	live_cache_write(path, question->prefix, &values);
	return NULL;
}

void live_answer(const struct live_kind *kind, const struct completing *completing, const char *prefix, int fd)
{
	struct live_question question = {.completing = completing, .prefix = prefix, .timeout_s = TIMEOUT_S};
	error_ignore(answer(kind, &question, fd));
}
