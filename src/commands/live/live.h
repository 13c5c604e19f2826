/* Between those who wait for values of an installation (live.c) and those who know them. A child asks for them, so that
 * whatever goes wrong there, and however long it takes, the shell that waits is not concerned. What it finds is kept
 * for the next time, for this login alone (cache.h): then an answer is there at once, and is renewed meanwhile. */
#ifndef COMMANDS_LIVE_LIVE_H
#define COMMANDS_LIVE_LIVE_H

#include "cli/complete.h"
#include "commands/live.h"
#include "settings/settings.h"

/* So many at most. Of more, the first ones and the last: what all begin with, which a shell inserts, is that of these
 * two. */
#define LIVE_MOST 500

struct live_question {
	const struct completing *completing;
	struct settings *settings;
	const char *prefix;
	int64_t timeout_s;
};

struct live_values {
	struct strings words; /* each as a completer gives it */
	bool partial;	      /* there are more */
};
static inline void live_values_cleanup(struct live_values *values)
{
	strings_cleanup(&values->words);
}

struct live_kind {
	const char *name; /* "users" */
	/* What the values are of, to be freed: other text, other values. */
	fallible (*identify)(const struct live_question *question, char **identity);
	fallible (*fetch)(const struct live_question *question, struct live_values *values);
};

/* What a completer of the kind does: adds the values that begin with the prefix, as far as they are known in time. */
void live_complete(const struct live_kind *kind, const struct completing *completing, const char *prefix,
		   struct strings *words);

/* Answers into a pipe by messages of cache.h: what is kept, if any, and what there is now. */
void live_answer(const struct live_kind *kind, const struct completing *completing, const char *prefix, int fd);

#endif
