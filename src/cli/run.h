/* From argv to exit status: parse, load settings, run the handler, report its error. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/suggest.h"
#include "cli/command.h"
#include "cli/context.h"

/* Runs a command line and returns the exit status of the process. Everything it reports is on stderr. */
int cli_run(int argc, char **argv);

/* ---- the parts, for tests and for the shell ---- */

struct invocation {
	const struct command *command;
	char *path;     /* "user list"; "" for the root */
	void *values;   /* command->size bytes, filled; owns its strings through `texts` */
	struct globals globals;
	bool help;       /* --help, -h, or the word `help` where no such argument is expected */
	bool incomplete; /* a group without a subcommand: there is nothing to run */
	struct strings texts; /* storage behind every const char * value */
	struct strings given; /* names of the options that were, as far as it was read */
};

/* Parses words after argv[0]. Options anywhere (GNU habit), `--` ends them, `--name=value`, `--name value`, `-xVALUE`,
 * bundled flags, --no-NAME for negatable flags; no abbreviations. ERR_USAGE names the nearest known words. Whatever the
 * outcome, `invocation` is to be released, and its globals are as far as they were read. */
fallible parse_command_line(const struct command *root, int count, char *const *words, struct invocation *invocation)
	MUST_CHECK;
void invocation_cleanup(struct invocation *invocation);

/* Help for one command as text for a terminal of `width` columns; path as typed, without "owctl". */
void help_write(struct str *out, const struct command *command, const char *path, size_t width);

/* Of a group only what it has: a screenful, for who typed no more than its name; and its commands alone. */
void help_write_short(struct str *out, const struct command *group, const char *path, size_t width);
void help_write_commands(struct str *out, const struct command *group, size_t width);

/* The man page of a command (or of the root: owctl(1)) in mdoc. */
void man_write(struct str *out, const struct command *command, const char *path);

/* The JSON schema (draft 2020-12) of the `-o json` output of a command with columns. */
void schema_write(struct str *out, const struct command *command, const char *path);

#endif
