/* What a repository says to whoever has no owctl: RESTORE.txt, and restore.sh, which does it. */
#ifndef BACKUP_RESTORE_TEXT_H
#define BACKUP_RESTORE_TEXT_H

#include "store/store.h"

#define RESTORE_PAGE_OBJECT "RESTORE.txt"
#define RESTORE_SCRIPT_OBJECT "restore.sh"

fallible restore_text_put(struct store *store) MUST_CHECK;

#endif
