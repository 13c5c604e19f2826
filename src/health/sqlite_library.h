/* Which SQLite another process works with, and whether that is sound. */
#ifndef HEALTH_SQLITE_LIBRARY_H
#define HEALTH_SQLITE_LIBRARY_H

#include <stdbool.h>

#include "base/attributes.h"

/* "3.46.1", by the file of the library that the process has mapped; to be freed. NULL: it has none that says so, or is
 * another user's. */
char *sqlite_version_of(const char *pid) MUST_CHECK;

/* From 3.7.0 on a commit may be lost, or the file be damaged, when another connection resets the -wal at the same
 * moment. Mended in 3.51.3, and in 3.50.7 and 3.44.6: https://www.sqlite.org/wal.html#walresetbug. A text that is no
 * version counts as sound. */
bool sqlite_version_is_sound(const char *version);

#endif
