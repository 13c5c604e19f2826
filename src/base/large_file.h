/* The files of large blocks (base/large.h): where they can be, and the room that they take on the disk. */
#ifndef BASE_LARGE_FILE_H
#define BASE_LARGE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

/* The first of `folder` (or NULL), TMPDIR, /var/tmp and /tmp that is on a disk and can be written to; NULL: none.
 * Borrowed. */
const char *large_file_folder(const char *folder);

/* A file without a name, 0600. -1: there is none. */
int large_file_open(const char *folder) MUST_CHECK;

/* Makes it larger, if the disk has room for it beside the `others` bytes that all such files have so far. */
bool large_file_grow(int fd, size_t from, size_t to, size_t others) MUST_CHECK;

#endif
