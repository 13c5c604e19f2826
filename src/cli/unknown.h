/* Errors for words that the parser cannot place, with what was probably meant. */
#ifndef CLI_UNKNOWN_H
#define CLI_UNKNOWN_H

#include "cli/command.h"

/* `path` is the group's, "" at the root; `next` is the word after the unknown one, or NULL. */
fallible unknown_command(const struct command *group, const char *path, const char *word, const char *next) MUST_CHECK;

/* `word` as typed, with its dashes and perhaps "=value". */
fallible unknown_option(const struct command *command, const char *path, const char *word) MUST_CHECK;

/* `behind_end`: "--" came before it. */
fallible unexpected_argument(const struct command *command, const char *path, const char *word,
			     bool behind_end) MUST_CHECK;

#endif
