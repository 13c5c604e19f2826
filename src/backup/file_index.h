/* What a host that knows public keys alone may see of a snapshot, so that the next one need not read everything again:
 * docs/backup-format.md, "indexes/ID.zst.age". */
#ifndef BACKUP_FILE_INDEX_H
#define BACKUP_FILE_INDEX_H

#include "backup/files.h"
#include "backup/record.h"

/* Writes that of the snapshot whose record this is to be, and sets record->index: the files that have a version. */
fallible file_index_write(const struct repository *repository, const struct age_recipients *recipients,
			 const struct files *files, struct record *record) MUST_CHECK;

/* Adds what that of a snapshot has, in order of roots and paths. ERR_INPUT where it is not the one that `record` means;
 * ERR_PERMISSION where it was made for other recipients. */
fallible file_index_read(const struct repository *repository, const struct age_recipients *recipients,
			const struct record *record, struct files *files) MUST_CHECK;

#endif
