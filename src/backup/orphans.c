#include "backup/orphans.h"

#include "backup/whole_lines.h"
#include "base/memory.h"

struct orphans {
	const struct table *table;
	const struct key_shape *key;
	struct set_aside *aside;
	int64_t rows;
};

void orphans_add_condition(struct str *sql, const char *table, const struct key_shape *key)
{
	const struct strings *columns = &key->columns, *parents = &key->parent_columns;
	str_add(sql, " WHERE ");
	for (size_t i = 0; i < columns->count; i++) {
		db_add_identifier(sql, columns->items[i]);
		str_add(sql, " IS NOT NULL AND ");
	}
	str_add(sql, "NOT EXISTS (SELECT 1 FROM ");
	db_add_identifier(sql, key->parent);
	str_add(sql, " AS parent");
	for (size_t i = 0; i < columns->count; i++) {
		str_add(sql, i ? " AND parent." : " WHERE parent.");
		db_add_identifier(sql, parents->items[i]);
		str_add(sql, " = ");
		db_add_identifier(sql, table);
		str_add_char(sql, '.');
		db_add_identifier(sql, columns->items[i]);
	}
	str_add_char(sql, ')');
}

static fallible set_lines_aside(void *state, const char *lines, size_t size)
{
	struct orphans *orphans = state;
	AUTO(memory) char *why = text_format("its row of the table %s is missing", orphans->key->parent);
	for (const char *line = lines, *end = lines + size, *next; line < end; line = next) {
		next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
		orphans->rows++;
		TRY(set_aside_row(orphans->aside, orphans->table, line, (size_t)(next - line), why));
	}
	return NULL;
}

static fallible remove_rows(struct db *db, const struct orphans *orphans)
{
	AUTO(str) struct str sql = {0};
	int64_t removed;
	str_add(&sql, "DELETE FROM ");
	db_add_identifier(&sql, orphans->table->name);
	orphans_add_condition(&sql, orphans->table->name, orphans->key);
	TRY(db_run(db, str_text(&sql), NULL, 0, &removed));
	if (removed != orphans->rows)
		return error_new(ERR_FAILED, "table %s: %lld rows were set aside, and %lld removed",
				 orphans->table->name, (long long)orphans->rows, (long long)removed);
	return NULL;
}

static fallible look(struct db *db, struct orphans *orphans)
{
	AUTO(str) struct str query = {0};
	AUTO(whole_lines) struct whole_lines whole = {.out = {set_lines_aside, orphans}};
	table_add_query(&query, orphans->table);
	orphans_add_condition(&query, orphans->table->name, orphans->key);
	const struct db_unload unload = {.query = str_text(&query), .lines = whole_lines_sink(&whole)};
	TRY(db_unload(db, &unload));
	return orphans->rows ? remove_rows(db, orphans) : NULL;
}

static fallible look_at_all(struct db *db, const struct catalogue *made, const struct tables *tables,
			    struct set_aside *aside, int64_t *rows)
{
	*rows = 0;
	for (size_t i = 0; i < made->count; i++) {
		const struct table *table = tables_find(tables, made->tables[i].name);
		for (size_t k = 0; table && k < made->tables[i].key_count; k++) {
			struct orphans orphans = {.table = table, .key = &made->tables[i].keys[k], .aside = aside};
			if (orphans.key->kind == KEY_FOREIGN)
				TRY(look(db, &orphans));
			*rows += orphans.rows;
		}
	}
	return NULL;
}

fallible orphans_set_aside(struct db *db, const struct catalogue *made, const struct tables *tables,
			   struct set_aside *aside)
{
	int64_t rows;
	do
		TRY(look_at_all(db, made, tables, aside, &rows));
	while (rows);
	return NULL;
}

fallible orphans_set_aside_or_refuse(struct db *db, const struct catalogue *made, const struct tables *tables,
				     struct set_aside *aside)
{
	TRY(orphans_set_aside(db, made, tables, aside));
	if (!aside->rows || aside->path)
		return set_aside_end(aside);
	return error_hint(error_new(ERR_INPUT, "%llu rows of the snapshot can't be in %s; none was loaded",
				    (unsigned long long)aside->rows, db_engine_name(db)),
			  "mend them and make another snapshot; or --set-aside FILE restores all others, and writes "
			  "these to a file");
}
