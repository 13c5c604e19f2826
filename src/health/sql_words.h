/* What the checks of a database have in common: a query whose rows are what is wrong. */
#ifndef HEALTH_SQL_WORDS_H
#define HEALTH_SQL_WORDS_H

#include <stdint.h>

#include "health/result.h"

struct db_rows;

/* Runs a query without parameters in the open transaction, and hands each row to `tell`. */
fallible sql_each(struct checking *checking, const char *sql,
		  void (*tell)(struct checking *checking, const struct db_rows *row)) MUST_CHECK;

/* The same of other sessions of this database, in whose stead a role without pg_read_all_stats sees that there are
 * some: where nothing was told and some are hidden, the check is skipped, as it could not look at them. */
fallible sql_each_session(struct checking *checking, const char *sql,
			  void (*tell)(struct checking *checking, const struct db_rows *row)) MUST_CHECK;

/* SQL that calls a session of pg_stat_activity by its name: `pid 4711 ("psql" of owner from 10.0.0.7)`. What it runs
 * is not told: it may hold what people wrote. Of others' sessions a role without pg_read_all_stats sees the pid. */
#define SQL_SESSION(a)                                                                                           \
	"format('pid %s (%s of %s%s)', " a ".pid, coalesce(nullif(" a ".application_name, ''), 'a program'), "   \
	"coalesce(" a ".usename, '?'), coalesce(' from ' || host(" a ".client_addr), ''))"

/* SQL for the whole seconds that have passed since a time. */
#define SQL_SECONDS_SINCE(time) "extract(epoch from clock_timestamp() - " time ")::bigint"

/* "45 s", "12 min", "3 h" for people; to be freed. */
char *sql_duration(int64_t seconds) MUST_CHECK;

#endif
