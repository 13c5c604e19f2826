/* What may come next in a line that is being typed. Nobody waits for long, and nobody is told that something went
 * wrong: the command will say it. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/run.h"

/* What a completer knows of the line: the words before the one that is being typed, as far as they can be read, with
 * the values of their options, and the installation that they mean. */
struct completing {
	const struct invocation *line;
};

/* The text that an option of the line's command, or a global one, was given or has as its fallback; NULL: none, or
 * there is no such option. Borrowed. */
const char *completing_text(const struct completing *completing, const char *option);

/* The words that may follow the given ones; the last word is the one being typed (it may be ""). As
 * "word\tdescription"; a single ":file" or ":folder" asks the shell to complete names of files. */
void complete_words(const struct command *root, int count, char *const *words, struct strings *candidates);

#endif
