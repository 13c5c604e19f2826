/* What a handler gets besides its own values: the global options, the settings, and ways to talk. */
#ifndef CLI_CONTEXT_H
#define CLI_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "cli/output.h"
#include "settings/settings.h"
#include "telemetry/telling.h"

/* Values of global_options. */
struct globals {
	const char *profile, *env_file, *database, *data_dir;
	const char *format; /* table, json, yaml, csv */
	struct strings columns;
	bool no_headings, quiet;
	int64_t verbose; /* how often -v was given */
	const char *log_format;
	bool yes, dry_run;
	int64_t timeout; /* seconds to wait for a server to answer, or for another writer to finish */
	const char *audit_log; /* --audit-log alone; audit.c knows OWCTL_AUDIT_LOG as well */
	bool help, version;
	bool untold; /* as struct command has it: nobody has typed it */
};

enum change_state {
	CHANGE_NONE,    /* nothing was committed */
	CHANGE_MADE,    /* errors from now on must not sound as if not */
	CHANGE_UNKNOWN, /* the answer to COMMIT was lost */
};

struct context {
	const struct command *command; /* the one that runs */
	const char *path;              /* its words: "user list" */
	struct globals globals;
	struct settings *settings;     /* borrowed; NULL for standalone commands */
	struct telling *telling;       /* borrowed: what is told of the run besides */
	struct output_source source;   /* what the command has open; kept by who opens it */
	enum change_state change;      /* what became of what the command set out to do */
	int verdict;                   /* the exit status, one of command->verdicts, of a run without an error */
	struct error *unrecorded;      /* why that is not in the audit log, or NULL; who runs the handler frees it */
};

/* The settings as the command line gives them, with the profile of that name (NULL: the one in force). */
fallible globals_settings(const struct globals *globals, const char *profile, struct settings **settings) MUST_CHECK;

/* Opens the command's data output on stdout as the global options say; columns and shape from the descriptor. */
fallible context_output(struct context *context, struct output **output) MUST_CHECK;

/* The same, and a table shows the `extra` column `also` (NULL: none): what a command prints only with some option, and
 * then must not hide. */
fallible context_output_also(struct context *context, const char *also, struct output **output) MUST_CHECK;

/* Whether -q leaves out the data, for who prints what was done or that a check found all well: so it does unless -o or
 * --columns ask for it, or what would be done is what was asked for. Never ask it for what went wrong, nor for what is
 * seen only once. */
bool context_is_silent(const struct context *context);

/* The output of a command that did something and prints one row of texts: NULL is null, `also` as above. Nothing
 * where that is silent, but with `also`. */
fallible context_print_texts(struct context *context, const char *also, const char *const *cells, size_t count)
	MUST_CHECK;

/* What can be known about the output before anything is done: ERR_USAGE for --columns that are not there, ERR_FAILED
 * where stdout is closed. Nothing is written. cli_run calls it before the handler. */
fallible context_check_output(struct context *context) MUST_CHECK;

/* Whether context_output_also(.., column, ..) is going to print the column. */
fallible context_prints(struct context *context, const char *column, bool *prints) MUST_CHECK;

/* Asks on the terminal "question [y/N]" and returns ERR_FAILED on no: what was asked for is not done, though nobody
 * sent a signal and nothing was compared. Without a terminal: ERR_USAGE asking for --yes. With --yes: NULL at once.
 * While the operator thinks nobody waits for context->source. */
fallible context_confirm(struct context *context, const char *format, ...) PRINTF(2, 3) MUST_CHECK;

/* A result line for people about what was done, on stderr; silent with -q. */
void context_done(struct context *context, const char *format, ...) PRINTF(2, 3);

/* Reads a password without echo, twice if `twice`; ERR_USAGE without a terminal. `instead` is the hint: how else the
 * command takes it. Released with secret_free. */
fallible prompt_password(const char *what, bool twice, const char *instead, char **password) MUST_CHECK;

#endif
