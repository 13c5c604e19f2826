#include "backup/tables.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/suggest.h"

const char *const database_names[DATABASES] = {[DATABASE_MAIN] = "main", [DATABASE_VECTORS] = "vectors"};

void segment_cleanup(struct segment *segment)
{
	skips_cleanup(&segment->skips);
	str_cleanup(&segment->slots);
}

static void table_cleanup(struct table *table)
{
	free(table->name);
	free(table->identity);
	strings_cleanup(&table->columns);
	strings_cleanup(&table->types);
	for (size_t i = 0; i < table->segment_count; i++)
		segment_cleanup(&table->segments[i]);
	for (size_t i = 0; i < table->kept_count; i++)
		segment_cleanup(&table->kept[i]);
	free(table->segments);
	free(table->kept);
}

void tables_cleanup(struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		table_cleanup(&tables->items[i]);
	free(tables->items);
	*tables = (struct tables){0};
}

struct table *tables_add(struct tables *tables, const char *name)
{
	tables->items = mem_resize(tables->items, tables->count + 1, sizeof *tables->items);
	struct table *table = &tables->items[tables->count++];
	*table = (struct table){.name = text_copy(name)};
	return table;
}

struct table *tables_find(const struct tables *tables, const char *name)
{
	for (size_t i = 0; i < tables->count; i++)
		if (!strcmp(tables->items[i].name, name))
			return &tables->items[i];
	return NULL;
}

static fallible not_there(const struct tables *tables, const char *name)
{
	AUTO(strings) struct strings known = {0}, near = {0};
	for (size_t i = 0; i < tables->count; i++)
		strings_add(&known, tables->items[i].name);
	suggest(name, (const char *const *)known.items, known.count, &near);
	struct error *error = error_new(ERR_INPUT, "the snapshot has no table %s", name);
	return near.count ? error_hint(error, "did you mean %s?", near.items[0])
			  : error_hint(error, "owctl backup show lists what it has");
}

fallible tables_keep(struct tables *tables, const struct strings *names)
{
	size_t kept = 0;
	for (size_t i = 0; i < names->count; i++)
		if (!tables_find(tables, names->items[i]))
			return not_there(tables, names->items[i]);
	for (size_t i = 0; i < tables->count; i++)
		if (strings_have(names, tables->items[i].name))
			tables->items[kept++] = tables->items[i];
		else
			table_cleanup(&tables->items[i]);
	tables->count = kept;
	return NULL;
}

void table_add_segment(struct table *table, const struct segment *segment)
{
	if (table->segment_count == table->segment_room) {
		table->segment_room = 2 * table->segment_room + 4;
		table->segments = mem_resize(table->segments, table->segment_room, sizeof *table->segments);
	}
	table->segments[table->segment_count++] = *segment;
}

static int by_number(const void *a, const void *b)
{
	const struct segment *left = a, *right = b;
	return left->number < right->number ? -1 : left->number > right->number;
}

static void order(struct table *table)
{
	if (table->segment_count)
		qsort(table->segments, table->segment_count, sizeof *table->segments, by_number);
}

void table_settle(struct table *table)
{
	struct table settled = {0};
	order(table);
	for (size_t i = 0; i < table->kept_count; i++)
		table_add_segment(&settled, &table->kept[i]);
	for (size_t i = 0; i < table->segment_count; i++) {
		if (table->segments[i].number >= table->first)
			table_add_segment(&settled, &table->segments[i]);
		else
			segment_cleanup(&table->segments[i]);
	}
	free(table->kept);
	free(table->segments);
	table->kept = NULL;
	table->segments = settled.segments;
	table->segment_count = settled.segment_count;
	table->rows = table->sum = table->kept_count = 0;
	for (size_t i = 0; i < table->segment_count; i++) {
		table->rows += table->segments[i].lines - table->segments[i].skips.lines;
		table->sum += table->segments[i].sum;
	}
}

fallible table_check(const struct table *table, uint64_t rows, uint64_t sum)
{
	return rows == table->rows && sum == table->sum
		       ? NULL
		       : error_new(ERR_INPUT, "its rows are not those that the manifest says");
}

uint64_t tables_rows(const struct tables *tables)
{
	uint64_t rows = 0;
	for (size_t i = 0; i < tables->count; i++)
		rows += tables->items[i].rows;
	return rows;
}

fallible tables_read(struct db *db, struct tables *tables)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_columns(db, &rows));
	for (struct table *table = NULL; db_row(rows, &error);) {
		const char *name = db_cell_text(rows, 0);
		if (!table || strcmp(table->name, name) != 0)
			table = tables_add(tables, name);
		strings_add(&table->columns, db_cell_text(rows, 1));
		strings_add(&table->types, db_cell_text(rows, 2));
	}
	return error;
}

void table_add_query(struct str *sql, const struct table *table)
{
	for (size_t i = 0; i < table->columns.count; i++) {
		str_add(sql, i ? ", " : "SELECT ");
		db_add_identifier(sql, table->columns.items[i]);
	}
	str_add(sql, " FROM ");
	db_add_identifier(sql, table->name);
}
