/* Writing an encrypted object of members: tar, then age, then the store, one piece after the other; nothing is kept but
 * a chunk of age and what the store's driver needs. */
#ifndef BACKUP_ARCHIVE_WRITE_H
#define BACKUP_ARCHIVE_WRITE_H

#include "backup/record.h"

struct archive_writer;

/* Begins the object `name`, which must not be there yet. */
fallible archive_begin(struct store *store, const char *name, const struct age_recipients *recipients,
		       struct archive_writer **writer) MUST_CHECK;
/* Adds a member whole. `offset` (may be NULL) gets where its data begins in the plain archive. */
fallible archive_add(struct archive_writer *writer, const char *member, const char *bytes, size_t size,
		     uint64_t *offset) MUST_CHECK;
uint64_t archive_size(const struct archive_writer *writer); /* plain bytes so far */
/* Ends the object: it is in the store, as `seal` says. Frees *writer and sets it to NULL, also on error. */
fallible archive_end(struct archive_writer **writer, struct object_seal *seal) MUST_CHECK;
void archive_abort(struct archive_writer *writer); /* leaves no object; NULL is fine */
static inline void archive_writer_cleanup(struct archive_writer **writer)
{
	archive_abort(*writer);
}

#endif
