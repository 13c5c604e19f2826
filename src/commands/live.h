/* Values that the installation of a half-typed line has, for options and arguments: `.complete = complete_user`. What
 * begins as it is typed, in any letter case; nothing where that is not known within half a second. */
#ifndef COMMANDS_LIVE_H
#define COMMANDS_LIVE_H

#include "cli/command.h"

completer complete_user;     /* mail addresses of accounts */
completer complete_group;    /* names of groups */
completer complete_snapshot; /* ids, of the line's repository */
completer complete_replica;  /* places of OWCTL_REPLICAS, and what places begin with */

#endif
