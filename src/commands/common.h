/* What the commands share: opening the installation the way the command line asks for, naming it before a change, and
 * recording the change. */
#ifndef COMMANDS_COMMON_H
#define COMMANDS_COMMON_H

#include <jansson.h>

#include "cli/audit.h"
#include "cli/context.h"
#include "openwebui/installation.h"

/* Opens the installation of the settings for reading, and a read transaction on it. */
fallible command_open(struct context *context, struct installation *installation) MUST_CHECK;

/* Opens it for a change, and a write transaction (with --dry-run for reading: what a dry run can't write, it can't
 * break); says on stderr which database it is; makes sure that the change can be recorded. */
fallible command_open_for_change(struct context *context, struct installation *installation) MUST_CHECK;

/* Commits (not with --dry-run, where nothing happened) and records the change. Takes over `details`. */
fallible command_commit(struct context *context, struct installation *installation, json_t *details) MUST_CHECK;

/* Begins a new read transaction after a commit, to look at what was written: a result is read back, not believed. */
fallible command_look_again(struct installation *installation) MUST_CHECK;

/* What to say when it is not there: ERR_FAILED naming `what`. */
fallible command_not_as_written(const char *what) MUST_CHECK;

/* Only records: for changes that were committed elsewhere. Nothing with --dry-run. */
void command_record(struct context *context, const struct installation *installation, json_t *details);

#endif
