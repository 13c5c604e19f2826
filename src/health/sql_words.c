#include "health/sql_words.h"

#include "base/memory.h"
#include "db/db.h"
#include "openwebui/installation.h"

fallible sql_each(struct checking *checking, const char *sql,
		  void (*tell)(struct checking *checking, const struct db_rows *row))
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error;
	TRY(db_query(checking->installation->db, sql, NULL, 0, &rows));
	while (db_row(rows, &error))
		tell(checking, rows);
	return error;
}

fallible sql_each_session(struct checking *checking, const char *sql,
			  void (*tell)(struct checking *checking, const struct db_rows *row))
{
	int64_t hidden;
	TRY(sql_each(checking, sql, tell));
	if (checking->result->outcome != OUTCOME_GOOD)
		return NULL;
	TRY(db_single_integer(checking->installation->db,
			      "select count(*) from pg_stat_activity where datname = current_database() "
			      "and query = '<insufficient privilege>'",
			      NULL, 0, &hidden));
	if (hidden)
		result_skip(checking->result, "this role sees its own sessions alone: grant it pg_monitor");
	return NULL;
}

char *sql_duration(int64_t seconds)
{
	static const struct {
		int64_t from, unit;
		const char *name;
	} units[] = {{2 * 86400, 86400, "days"}, {2 * 3600, 3600, "h"}, {120, 60, "min"}, {0, 1, "s"}};
	size_t i = 0;
	while (seconds < units[i].from && i + 1 < COUNT(units))
		i++;
	return text_format("%lld %s", (long long)(seconds / units[i].unit), units[i].name);
}
