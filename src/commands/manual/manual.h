/* The man pages that are about no command of their own (cli/manual.h). Prose that people read in docs/ as well is
 * embedded from there; what owctl knows is told from its own tables. */
#ifndef COMMANDS_MANUAL_MANUAL_H
#define COMMANDS_MANUAL_MANUAL_H

#include "base/str.h"

void manual_backup_format(struct str *out);
void manual_checks(struct str *out);
void manual_configuration(struct str *out);
void manual_migrations(struct str *out);
void manual_tutorial(struct str *out);

#endif
