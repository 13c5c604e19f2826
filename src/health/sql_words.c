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
