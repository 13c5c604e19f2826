/* Which revision a database records, in the table alembic_version: all that is ever written there. In the open write
 * transaction; what an installation was found to record is to be read again (installation_read_revision). */
#ifndef MIGRATE_RECORDED_H
#define MIGRATE_RECORDED_H

#include "openwebui/installation.h"

/* Makes the table with this revision; fails where it is there (db_name_taken). */
fallible recorded_create(struct db *db, const struct revision *revision) MUST_CHECK;

/* From one revision to another. ERR_BUSY where `from` is no longer what is recorded. */
fallible recorded_move(struct db *db, const struct revision *from, const struct revision *to) MUST_CHECK;

/* This one and no other, whatever was before. */
fallible recorded_set(struct db *db, const struct revision *revision) MUST_CHECK;

#endif
