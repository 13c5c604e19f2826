/* Whether the role that owctl is connected as may do what revisions do: of tables of other roles it is told only by the
 * first statement that needs them, and others are done by then. */
#ifndef MIGRATE_RIGHTS_H
#define MIGRATE_RIGHTS_H

#include "openwebui/installation.h"

/* Of the revisions from the ordinal `first` to `last`, by the open transaction. ERR_PERMISSION that names the tables,
 * whose they are, and the schema where nothing can be made. Nothing on an engine without roles. */
fallible rights_check(const struct installation *installation, int first, int last) MUST_CHECK;

#endif
