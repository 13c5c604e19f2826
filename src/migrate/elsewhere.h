/* An Open WebUI in another schema of the database, where the one in use has none: a search_path that is not what it was
 * taken for, or a DATABASE_SCHEMA that is a mistake, would give a second installation, and servers that come up
 * empty. */
#ifndef MIGRATE_ELSEWHERE_H
#define MIGRATE_ELSEWHERE_H

#include "openwebui/installation.h"

/* How the schemas begin that a restore loads into, and leaves when it is killed (backup/beside.h): no installation. */
#define BESIDE_PREFIX "owctl_restore_"

/* For a database where nothing is recorded. ERR_SETTINGS that names the other schema, unless DATABASE_SCHEMA says that
 * this one is meant. */
fallible elsewhere_refuse(struct installation *installation) MUST_CHECK;

/* Warns where DATABASE_SCHEMA says that a new database is made beside an Open WebUI in public: releases from 0.12 on
 * would not make it then. */
fallible elsewhere_warn(struct installation *installation) MUST_CHECK;

/* Notes either of them. */
fallible elsewhere_tell(struct installation *installation) MUST_CHECK;

#endif
