/* A comment on alembic_version, from the first revision of a run to the end of its last: which one is the newest that
 * was begun, and when. A dump that is loaded over a PostgreSQL database makes the tables anew that it has, this one
 * too, and leaves the journal, which it does not have, as it is: so that says nothing where the mark does not agree.
 * A SQLite file is put back whole: there it stands always. */
#ifndef MIGRATE_MARK_H
#define MIGRATE_MARK_H

#include "db/db.h"
#include "openwebui/revision.h"

/* In the open write transaction; nothing to do on SQLite. */
fallible mark_write(struct db *db, const struct revision *revision, int64_t started_at) MUST_CHECK;
fallible mark_clear(struct db *db) MUST_CHECK;

fallible mark_stands(struct db *db, const struct revision *revision, int64_t started_at, bool *stands) MUST_CHECK;

#endif
