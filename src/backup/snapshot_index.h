/* What a host that knows public keys alone may see of a snapshot, so that the next one need not read everything again:
 * docs/backup-format.md, "indexes/ID.tar.age". */
#ifndef BACKUP_SNAPSHOT_INDEX_H
#define BACKUP_SNAPSHOT_INDEX_H

#include "backup/files.h"
#include "backup/record.h"
#include "backup/tables.h"
#include "db/slots.h"

struct indexed_rows {
	struct db_moment moment; /* its history NULL: no rows are known */
	struct tables tables;    /* those that have an identity, without columns */
};

struct snapshot_index {
	struct files files; /* those that have a version, in order of roots and paths */
	struct indexed_rows rows[DATABASES];
};
void snapshot_index_cleanup(struct snapshot_index *index);

/* What one is made of; all borrowed. */
struct index_source {
	const struct files *files; /* NULL: they were not read */
	struct {
		const struct db_moment *moment; /* NULL: no such database, or rows are not to be known again */
		const struct tables *tables;
	} rows[DATABASES];
};

/* Writes that of the snapshot whose record this is to be, and sets what the record has of it. */
fallible snapshot_index_write(const struct repository *repository, const struct age_recipients *recipients,
			      const struct index_source *source, struct record *record) MUST_CHECK;

/* Which part of an index has the rows of a database. */
enum index_part index_part_of(enum database_role role);

/* ERR_INPUT where it is not the one that `record` means; ERR_PERMISSION where it was made for other recipients. */
fallible snapshot_index_read(const struct repository *repository, const struct age_recipients *recipients,
			     const struct record *record, struct snapshot_index *index) MUST_CHECK;

#endif
