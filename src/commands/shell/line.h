/* A line of `owctl shell`. Words are quoted as in a POSIX shell ('..', "..", \), and nothing else of it is done: no
 * variables, no patterns. What stands behind the first | or > is for a program; `\watch N` behind a command repeats
 * it; a line that begins with ! is for the system's shell as a whole. */
#ifndef COMMANDS_SHELL_LINE_H
#define COMMANDS_SHELL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct shell_line {
	struct strings words;
	char *program;	  /* "!..": what follows; then there are no words */
	char *filter;	  /* for `sh -c`, which reads what the command prints; NULL: none */
	bool watch;	  /* \watch */
	int64_t every_ms; /* of it; 0: it does not say */
};
void shell_line_cleanup(struct shell_line *line);

/* ERR_USAGE: a quote that does not end, what only a shell can do (; & < ` and the like), a \watch without sense. */
fallible shell_line_read(const char *text, struct shell_line *line) MUST_CHECK;

/* The words before `size` bytes of a line that is being typed, the last of them the one that is not finished ("" behind
 * a blank). False where a program's words are typed, which are not ours. */
bool shell_line_words(const char *text, size_t size, struct strings *words);

/* The word as shell_line_read takes it, and a POSIX shell as well: what stands behind | and > is for that. Begun with
 * this quote already (0: none). To be freed. */
char *shell_line_quote(const char *word, char quote) MUST_CHECK;

/* What the word means that begins so; NULL where it is none. To be freed. */
char *shell_line_unquote(const char *typed, char quote) MUST_CHECK;

/* What has to be quoted outside of quotes. */
#define SHELL_LINE_SPECIAL " \t\n|>#'\"\\;&<`()$*?[]{}~!"

/* Whether the line holds what a history must not keep: a password in a URL, a secret setting's value. */
bool shell_line_has_secret(const char *text);

#endif
