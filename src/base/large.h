/* Memory for what may be as large as a value of a database can be: hundreds of megabytes of one chat. A block of
 * LARGE_BLOCK bytes or more is in a file of its own that has no name (so it ends with the process), 0600, whose room on
 * the disk is taken beforehand. The kernel writes its pages out and drops them when memory is short; while there is
 * enough, little is written. Where blocks are many megabytes, what was not used for some milliseconds does not even
 * count as memory of the process.
 *
 * Where there is no such file - large_use was not called, or all blocks would take more than a quarter of what is free
 * on the disk - the block is memory as any other. All functions may be called by any thread. */
#ifndef BASE_LARGE_H
#define BASE_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/attributes.h"

#define LARGE_BLOCK (4 << 20)

/* From now on blocks may be in files of `folder`, or, where it is NULL, in memory itself or can't be written to, of
 * TMPDIR, /var/tmp or /tmp. The first call counts. */
void large_use(const char *folder);

/* As mem_resize, also for a block that malloc gave; what it returns is released by large_free, which takes both too. */
void *large_resize(void *block, size_t size) MUST_CHECK;
void large_free(void *block);
static inline void large_cleanup(void *pointer)
{
	large_free(*(void **)pointer);
}

/* What was touched so far no longer counts as memory of the process, until it is touched again. */
void large_trim(void);

/* memcpy, but what was copied does not count as memory of the process for long. */
void large_copy_pieces(void *to, const void *from, size_t size);
static inline void large_copy(void *to, const void *from, size_t size)
{
	if (size < LARGE_BLOCK)
		memcpy(to, from, size);
	else
		large_copy_pieces(to, from, size);
}

/* The blocks in files alone, for those who have memory of their own for all else. */
void *large_map(size_t size) MUST_CHECK;                 /* NULL: there is none for this size, or at all */
size_t large_size(const void *block);                    /* 0: the block is none of these */
void *large_remap(void *block, size_t size) MUST_CHECK; /* NULL: not so large, and the block stays as it is */
void large_unmap(void *block);

#endif
