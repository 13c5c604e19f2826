/* Bringing the database of a snapshot back by several connections. */
#ifndef BACKUP_RESTORE_BESIDE_H
#define BACKUP_RESTORE_BESIDE_H

#include "backup/crew.h"
#include "backup/load_rows.h"
#include "backup/manifest.h"

/* As database_restore for a database of the snapshot's engine, in a schema beside, whose tables are all there when this
 * returns, and checked; target->db is not used. Tables of several segments are loaded by all connections, one after
 * another, so that rows stay nearly in their order; the others each by one. Then they are read back while indexes are
 * made; then come the keys, and foreign keys last. */
fallible database_restore_beside(const struct crew *crew, const struct rows_target *target,
				 const struct database_copy *copy) MUST_CHECK;

#endif
