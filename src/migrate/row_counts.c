#include "migrate/row_counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void row_counts_cleanup(struct row_counts *counts)
{
	strings_cleanup(&counts->tables);
	free(counts->rows);
}

fallible row_counts_read(struct db *db, struct row_counts *counts)
{
	TRY(db_tables(db, &counts->tables));
	counts->rows = mem_new(counts->tables.count + 1, sizeof *counts->rows);
	for (size_t i = 0; i < counts->tables.count; i++) {
		AUTO(str) struct str sql = {0};
		str_add(&sql, "select count(*) from ");
		db_add_identifier(&sql, counts->tables.items[i]);
		TRY(db_single_integer(db, str_text(&sql), NULL, 0, &counts->rows[i]));
	}
	return NULL;
}

static const int64_t *rows_of(const struct row_counts *counts, const char *table)
{
	for (size_t i = 0; i < counts->tables.count; i++)
		if (!strcmp(counts->tables.items[i], table))
			return &counts->rows[i];
	return NULL;
}

void row_counts_fewer(const struct row_counts *before, const struct row_counts *now, struct strings *fewer)
{
	for (size_t i = 0; i < before->tables.count; i++) {
		const char *table = before->tables.items[i];
		const int64_t *rows = rows_of(now, table);
		if (!rows)
			strings_add_taken(fewer, text_format("%s (gone, %lld rows before)", table,
							     (long long)before->rows[i]));
		else if (*rows < before->rows[i])
			strings_add_taken(fewer, text_format("%s (%lld rows, %lld before)", table, (long long)*rows,
							     (long long)before->rows[i]));
	}
}
