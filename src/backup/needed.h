/* What of a repository snapshots need: the packs that their records name, and what each has for itself. */
#ifndef BACKUP_NEEDED_H
#define BACKUP_NEEDED_H

#include "backup/repository.h"
#include "backup/verify.h"

/* What no other snapshot can need, besides its record: name the objects of a snapshot, to be freed; ends with NULL. */
extern char *(*const needed_own_objects[])(const char *snapshot);

/* Whether it is a pack, a manifest or an index, by its whole name: all else is somebody else's. */
bool needed_is_data(const char *object);

/* Sets needed[i] of the objects that any record names by now. ERR_INPUT where one can't be read. */
fallible needed_find(const struct repository *repository, const struct objects *objects, bool *needed) MUST_CHECK;

#endif
