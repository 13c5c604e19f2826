/* The members of an index; only snapshot_index.c includes this. */
#ifndef BACKUP_INDEX_MEMBERS_H
#define BACKUP_INDEX_MEMBERS_H

#include "backup/archive_write.h"
#include "backup/compressor.h"
#include "backup/snapshot_index.h"

/* Those that have a version. */
fallible index_write_files(struct archive_writer *archive, struct compressor *compressor, const struct files *files)
	MUST_CHECK;
fallible index_write_rows(struct archive_writer *archive, struct compressor *compressor, enum database_role role,
			  const struct tables *tables, const struct db_moment *moment) MUST_CHECK;

/* What is in a member, decompressed; nothing where its name is of a later owctl. ERR_INPUT where it is otherwise than
 * it should be. */
fallible index_read_member(const char *member, const struct str *bytes, struct snapshot_index *index) MUST_CHECK;

#endif
