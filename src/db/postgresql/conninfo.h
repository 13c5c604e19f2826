/* PostgreSQL connection parameters on their way to libpq: from a URL or from libpq's own "key=value" form. What is not
 * given is left out, so that PG* variables, the service file and the password file keep working. */
#ifndef DB_POSTGRESQL_CONNINFO_H
#define DB_POSTGRESQL_CONNINFO_H

#include "base/error.h"
#include "db/target.h"
#include "db/url.h"

fallible conninfo_from_url(const struct db_url *url, struct db_target *target) MUST_CHECK;
fallible conninfo_from_pairs(const char *text, struct db_target *target) MUST_CHECK;

#endif
