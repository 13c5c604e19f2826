/* A file that is a database of SQLite, and that somebody may be writing to. */
#ifndef BACKUP_LIVE_SQLITE_H
#define BACKUP_LIVE_SQLITE_H

#include "base/error.h"
#include "base/sink.h"

/* What every such file begins with, its NUL included: https://www.sqlite.org/fileformat.html */
static const char LIVE_SQLITE_MAGIC[] = "SQLite format 3";

/* Gives the database at `path` to `out` as it is at one moment: it is copied into a scratch folder (db_copy), never
 * read byte by byte. */
fallible live_sqlite_read(const char *path, const struct sink *out) MUST_CHECK;

#endif
