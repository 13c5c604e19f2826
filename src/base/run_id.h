/* The name of this run of owctl. What it leaves behind has it, so that all of that can be put together again: each line
 * of --log-format json, the audit record, what commands of --before and --after see. It is the first of
 *
 *   OWCTL_RUN_ID   by which a pipeline names its runs; the same for several commands where it wants that
 *   INVOCATION_ID  of systemd.exec(5), in a service whose messages go to the journal: there
 *                  `journalctl _SYSTEMD_INVOCATION_ID=..` finds all of them, and what the manager said. Elsewhere the
 *                  variable is a leftover of whoever started all of it, cron or a session, and says nothing
 *   a UUID that is made up */
#ifndef BASE_RUN_ID_H
#define BASE_RUN_ID_H

#include "base/error.h"

#define RUN_ID_LONGEST 64

void run_id_begin(void);   /* once, in main */
const char *run_id(void);  /* letters, digits, "-", "_", "." and ":"; "" before run_id_begin */

/* ERR_SETTINGS where OWCTL_RUN_ID is not made of these, or too long; the run then has an id that is made up, and a
 * command without settings goes by that. */
fallible run_id_check(void) MUST_CHECK;

#endif
