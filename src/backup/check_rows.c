/* What was loaded, read back. */
#include "backup/line_sum.h"
#include "backup/load_rows.h"

static fallible add_lines(void *state, const char *bytes, size_t size)
{
	line_sum_add(state, bytes, size);
	return NULL;
}

fallible rows_check(struct db *db, const struct table *table)
{
	struct line_sum sum = {0};
	AUTO(str) struct str query = {0};
	table_add_query(&query, table);
	const struct db_unload unload = {.query = str_text(&query), .lines = {add_lines, &sum}};
	struct error *error = db_unload(db, &unload);
	if (error)
		return error_wrap(error, "reading table %s back", table->name);
	if (sum.lines != table->rows)
		return error_new(ERR_FAILED, "table %s has %llu rows after loading, and the snapshot %llu", table->name,
				 (unsigned long long)sum.lines, (unsigned long long)table->rows);
	if (sum.sum != table->sum)
		return error_new(ERR_FAILED, "table %s does not read back as it was loaded", table->name);
	return NULL;
}
