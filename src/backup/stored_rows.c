#include "backup/stored_rows.h"

#include "backup/fetch_segment.h"

static fallible check_table(struct fetcher *fetcher, const struct table *table)
{
	struct line_sum stored = {0}, rows = {0};
	for (size_t i = 0; i < table->segment_count; i++) {
		AUTO(fetched_segment) struct fetched_segment fetched = {0};
		TRY(segment_fetch(fetcher, &table->segments[i], &fetched));
		line_sum_join(&stored, &fetched.stored);
		line_sum_join(&rows, &fetched.sum);
	}
	return table_check(table, rows.lines, stored.sum);
}

fallible stored_rows_check(struct fetcher *fetcher, const struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		TRY(error_wrap(check_table(fetcher, &tables->items[i]), "table %s", tables->items[i].name));
	return NULL;
}
