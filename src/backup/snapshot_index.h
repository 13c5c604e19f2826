/* What a host that knows public keys alone may see of a snapshot, so that the next one need not read everything again:
 * docs/backup-format.md, "indexes/ID.tar.age". */
#ifndef BACKUP_SNAPSHOT_INDEX_H
#define BACKUP_SNAPSHOT_INDEX_H

#include "backup/files.h"
#include "backup/record.h"
#include "backup/tables.h"
#include "db/slots.h"

struct snapshot_index {
	struct files files; /* those that have a version, in order of roots and paths */
	struct db_moment moment; /* its history NULL: no rows are known */
	struct tables tables;    /* those that have an identity, without columns */
};
void snapshot_index_cleanup(struct snapshot_index *index);

/* Writes that of the snapshot whose record this is to be, and sets what the record has of it. `files`: NULL where they
 * were not read. `moment`: NULL where rows are not to be known again. */
fallible snapshot_index_write(const struct repository *repository, const struct age_recipients *recipients,
			      const struct files *files, const struct tables *tables, const struct db_moment *moment,
			      struct record *record) MUST_CHECK;

/* ERR_INPUT where it is not the one that `record` means; ERR_PERMISSION where it was made for other recipients. */
fallible snapshot_index_read(const struct repository *repository, const struct age_recipients *recipients,
			     const struct record *record, struct snapshot_index *index) MUST_CHECK;

#endif
