/* What the commands share: opening the installation the way the command line asks for, naming it before a change, and
 * recording the change.
 *
 * The order of every change: look, validate, ask, open for the change, look again inside its transaction, write, name
 * the database, commit. Who is told "changing .." is told of a change: before it, nothing has happened. */
#ifndef COMMANDS_COMMON_H
#define COMMANDS_COMMON_H

#include <jansson.h>

#include "cli/audit.h"
#include "cli/context.h"
#include "openwebui/installation.h"

/* Opens the installation of the settings for reading, and a read transaction on it. */
fallible command_open(struct context *context, struct installation *installation) MUST_CHECK;

/* Makes sure that the change can be recorded, then opens the installation for it, and a write transaction (with
 * --dry-run for reading: what a dry run can't write, it can't break). */
fallible command_open_for_change(struct context *context, struct installation *installation) MUST_CHECK;

/* Says on stderr which database is changed, commits and records the change. With --dry-run it says which one would be,
 * and that is all. Takes over `details`. */
fallible command_commit(struct context *context, struct installation *installation, json_t *details) MUST_CHECK;

/* Begins a new read transaction after a commit, to look at what was written: a result is read back, not believed. */
fallible command_look_again(struct installation *installation) MUST_CHECK;

/* What to say when it is not there: ERR_FAILED naming `what`. */
fallible command_not_as_written(const char *what) MUST_CHECK;

#endif
