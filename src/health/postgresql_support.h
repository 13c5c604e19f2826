/* Until when releases of PostgreSQL are mended: https://www.postgresql.org/support/versioning/, read in 2026. */
#ifndef HEALTH_POSTGRESQL_SUPPORT_H
#define HEALTH_POSTGRESQL_SUPPORT_H

/* The day of the last release of a major version ("2027-11-11"), or NULL where that is later than this table. Older
 * ones than the table knows have the day of its oldest. */
const char *postgresql_last_release(long major);

#endif
