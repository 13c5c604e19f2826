/* What the commands share: opening the installation the way the command line asks for, and ending a change: naming the
 * database, committing, recording, printing, reading back.
 *
 * The order of every change: look, validate, ask, open for the change, look again inside its transaction, write,
 * command_finish. Who is told "changing .." is told of a change: before it, nothing has happened. Whatever goes wrong
 * after it is told as what came after a change that was made. */
#ifndef COMMANDS_COMMON_H
#define COMMANDS_COMMON_H

#include <jansson.h>

#include "cli/audit.h"
#include "cli/context.h"
#include "openwebui/installation.h"

/* The exit statuses that opening a database, and all work in it, can lead to. */
#define DATABASE_EXITS ERR_UNREACHABLE, ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS

#define METRICS_OPTION(type_name)                                                                           \
	{.name = "metrics",                                                                                 \
	 OPTION_TEXT(type_name, metrics),                                                                   \
	 .value_name = "FILE",                                                                              \
	 .help = "also write how it went into FILE, for Prometheus' node_exporter (its name ends in .prom)",   \
	 .complete = complete_file}

/* What a run has measured goes to where telemetry is gathered, and where there is a `path`, with what metrics_write
 * adds, into that file. `error`: what became of the run (NULL: it went well); returned, or else why not. */
fallible command_tell_metrics(struct context *context, struct metrics *metrics, const char *path,
			      struct error *error) MUST_CHECK;

/* Opens the installation of the settings for reading, and a read transaction on it. Where a transaction keeps writers
 * waiting, it ends with output_close and before a question is asked (db_rollback): nothing is read after that. */
fallible command_open(struct context *context, struct installation *installation) MUST_CHECK;

/* Makes sure that the change can be recorded, then opens the installation for it, and a write transaction under
 * installation_lock (with --dry-run for reading, without a lock: what a dry run can't write, it can't break). */
fallible command_open_for_change(struct context *context, struct installation *installation) MUST_CHECK;

/* The same for a command with other demands: opens as `options` say, the time-out and, for a change, the dry run as the
 * command line says. */
fallible command_open_as(struct context *context, struct installation_options options,
			 struct installation *installation) MUST_CHECK;

/* What was written in the open transaction, and what is still to be done about it. */
struct change {
	json_t *details; /* for the audit record; command_finish takes it over */
	/* Looks whether the database shows what was written; *fault (to be freed) says what it does not, as in "a@b.c
	 * does not read back as it was written". A trigger or a rule may swallow or alter a write without an error. */
	fallible (*check)(struct installation *installation, const void *state, char **fault);
	/* What is to follow the change outside the database, once it is made and recorded; NULL: nothing. What becomes
	 * of it goes into the state, for `print`. Its error says itself that the change was made. */
	fallible (*after)(struct context *context, void *state);
	/* Prints the outcome: with --dry-run what would be, else what was made or may have been (context->change). */
	fallible (*print)(struct context *context, const void *state);
	void *state;        /* for all three */
	const char *secret; /* what `print` shows and nobody will know if it fails: "the generated password"; or NULL */
	const char *look;   /* the command that shows what is there, as in "owctl user list" */
};

/* Checks inside the transaction (ERR_FAILED, and nothing is changed, if it is not as written), names the database,
 * commits, records, does what is to follow, prints, and checks from a new transaction. An error before the commit is
 * the only one after which nothing was changed. Once committed, all steps are taken whatever becomes of the others, and
 * the first error is returned, saying that the change was made; later ones are warnings. Where the answer to COMMIT was
 * lost, it is recorded and printed as unknown, and that error is returned. With --dry-run it says on stderr what would
 * be changed, and prints. */
fallible command_finish(struct context *context, struct installation *installation, const struct change *change)
	MUST_CHECK;

/* The word for what became of a change: `done`; `would` with --dry-run; or "unknown". */
const char *command_outcome(const struct context *context, const char *done, const char *would);

/* Prints a cell of the current row: a text whole, also one with NULs in it. */
void command_put_cell(struct output *output, const struct db_rows *rows, int column);

/* What kept a change that was made from being looked at, without the hints of its cause: they would be wrong by
 * now. */
fallible command_not_read_back(struct error *error) MUST_CHECK;

/* ERR_BUSY that names who else is at the database; `hint` says what to do. Outside a transaction. */
fallible command_refuse_others(struct db *db, const char *hint) MUST_CHECK;

#endif
