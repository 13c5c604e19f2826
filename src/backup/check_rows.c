/* What was loaded, read back. */
#include "backup/load_rows.h"
#include "backup/whole_lines.h"

struct reading_back {
	const struct table *table;
	const struct rows_loaded *loaded;
	struct line_sum sum;
};

static fallible add_lines(void *state, const char *lines, size_t size)
{
	struct reading_back *reading = state;
	const enum field_form *forms = reading->loaded->forms;
	if (forms)
		line_sum_add_forms(&reading->sum, lines, size, forms, reading->table->columns.count);
	else
		line_sum_add(&reading->sum, lines, size);
	return NULL;
}

fallible rows_check(struct db *db, const struct table *table, const struct rows_loaded *loaded)
{
	struct reading_back reading = {.table = table, .loaded = loaded};
	AUTO(whole_lines) struct whole_lines whole = {.out = {add_lines, &reading}};
	AUTO(str) struct str query = {0};
	table_add_query(&query, table);
	const struct db_unload unload = {.query = str_text(&query), .lines = whole_lines_sink(&whole)};
	struct error *error = db_unload(db, &unload);
	if (error)
		return error_wrap(error, "reading table %s back", table->name);
	if (reading.sum.lines != loaded->sum.lines)
		return error_new(ERR_FAILED, "table %s has %llu rows after loading, and the snapshot %llu", table->name,
				 (unsigned long long)reading.sum.lines, (unsigned long long)loaded->sum.lines);
	if (reading.sum.sum != loaded->sum.sum)
		return error_new(ERR_FAILED, "table %s does not read back as it was loaded", table->name);
	return NULL;
}
