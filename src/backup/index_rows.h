/* The members of an index that tell of rows; only snapshot_index.c includes this. */
#ifndef BACKUP_INDEX_ROWS_H
#define BACKUP_INDEX_ROWS_H

#include "backup/archive_write.h"
#include "backup/compressor.h"
#include "backup/snapshot_index.h"

/* Adds one member, compressed. */
fallible index_add(struct archive_writer *archive, struct compressor *compressor, const char *member,
		   const struct str *bytes) MUST_CHECK;
fallible index_write_rows(struct archive_writer *archive, struct compressor *compressor, const struct tables *tables,
			  const struct db_moment *moment) MUST_CHECK;

/* What is in one of these members, decompressed; nothing where it is none of them. ERR_INPUT where it is otherwise than
 * it should be. */
fallible index_read_rows(const char *member, const struct str *bytes, struct snapshot_index *index) MUST_CHECK;

#endif
