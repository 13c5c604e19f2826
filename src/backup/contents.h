/* Contents that need not be packed again: of an earlier snapshot, and of files that this one has read already. They are
 * known by their hash. */
#ifndef BACKUP_CONTENTS_H
#define BACKUP_CONTENTS_H

#include "backup/earlier.h"

struct contents;

/* `earlier` (NULL: none) is kept, borrowed. */
struct contents *contents_new(struct earlier *earlier) MUST_CHECK;
void contents_free(struct contents *contents); /* NULL is fine */
static inline void contents_cleanup(struct contents **contents)
{
	contents_free(*contents);
}

/* Whether the file is unchanged since the earlier snapshot: then it has its content. */
fallible contents_keep(struct contents *contents, struct file *file, bool *kept) MUST_CHECK;

/* Whether something with the file's hash and size is known. */
bool contents_know(const struct contents *contents, const struct file *file);

/* Whether what has the file's hash and size is known: then it has that content; else it is known from now on, by the
 * index that the file has. */
fallible contents_take(struct contents *contents, struct files *files, size_t index, bool *taken) MUST_CHECK;

/* The same of one that is in packs by now, or on its way there. */
void contents_remember(struct contents *contents, const struct files *files, size_t index);

/* Sizes of files that are too large to be held until their hash is known: whether another one has this size is a reason
 * to hash it before it is packed. */
void contents_add_size(struct contents *contents, uint64_t size);
bool contents_have_size_twice(struct contents *contents, uint64_t size);

#endif
