/* What the table alembic_version is made to say, in the open write transaction. */
#ifndef MIGRATE_VERSION_H
#define MIGRATE_VERSION_H

#include "db/db.h"
#include "openwebui/revision.h"

/* This revision is recorded, and no other, whatever was before; the table is made where there is none. */
fallible version_write(struct db *db, const struct revision *revision) MUST_CHECK;

/* From a revision that is recorded to another one. ERR_BUSY where it is not: somebody else has moved it. */
fallible version_move(struct db *db, const struct revision *from, const struct revision *to) MUST_CHECK;

#endif
