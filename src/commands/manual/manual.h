/* The man pages that are about no command of their own (cli/manual.h): manual.c has the table of them. A document of
 * docs/ is a page as it is; here are those that are told, or partly, from owctl's own tables. */
#ifndef COMMANDS_MANUAL_MANUAL_H
#define COMMANDS_MANUAL_MANUAL_H

#include "base/str.h"

void manual_checks(struct str *out);
void manual_configuration(struct str *out);
void manual_migrations(struct str *out);

#endif
