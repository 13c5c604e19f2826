/* Migrations for commands of other groups; what `owctl migrate up` does is in commands/migrate. */
#ifndef COMMANDS_MIGRATING_H
#define COMMANDS_MIGRATING_H

#include "cli/command.h"
#include "migrate/plan.h"

/* Brings the installation of the settings, which has rows and nobody else at it, to a revision, without a copy of it
 * before: whoever calls this has one. Prints nothing to standard output. What is done when it stops, stays, and `owctl
 * migrate up` goes on from there; its hints say so. */
fallible command_migrate(struct context *context, const struct revision *to) MUST_CHECK;

/* Completes revisions and releases. */
completer complete_revision;

#endif
