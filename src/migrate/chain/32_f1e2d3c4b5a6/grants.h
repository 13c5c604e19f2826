/* Access lists as rows of access_grant, table by table. */
#ifndef MIGRATE_CHAIN_GRANTS_H
#define MIGRATE_CHAIN_GRANTS_H

#include "migrate/work.h"

/* The tables that had access lists; ends with NULL. */
extern const char *const grant_tables[];

/* A pass that makes the rows of one of them. `where`: of its rows; NULL: all. Without a list everybody may read. */
fallible grants_make(struct work *work, const char *table, const char *where) MUST_CHECK;

#endif
