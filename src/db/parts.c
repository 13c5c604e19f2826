/* What makes the tables: each engine has its questions, in the order in which the answers can be made. */
#include <stdlib.h>

#include "base/memory.h"
#include "db/driver.h"

static void add(struct db_parts *parts, enum db_part_kind kind, const struct db_rows *row)
{
	if (!(parts->count & (parts->count + 1))) /* room for 1, 3, 7, .. */
		parts->items = mem_resize(parts->items, parts->count * 2 + 1, sizeof *parts->items);
	parts->items[parts->count++] = (struct db_part){
		.kind = kind,
		.table = text_copy(db_cell_text(row, 0)),
		.name = text_copy(db_cell_text(row, 1)),
		.sql = text_copy(db_cell_text(row, 2)),
	};
}

static fallible ask(struct db *db, const struct db_part_query *query, struct db_parts *parts)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, query->sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		add(parts, query->kind, rows);
	return error;
}

static fallible check_all_can_be_told(struct db *db)
{
	bool found;
	AUTO(memory) char *refused = NULL;
	TRY(db_single_text(db, db->driver->parts_refused, NULL, 0, &found, &refused));
	if (!found)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "%s: owctl can't tell how to make it anew", refused),
			  "Open WebUI has none like that: move it to another schema or database, which owctl leaves "
			  "alone");
}

fallible db_parts_read(struct db *db, struct db_parts *parts)
{
	TRY(check_all_can_be_told(db));
	for (const struct db_part_query *query = db->driver->parts; query->sql; query++)
		TRY(ask(db, query, parts));
	return NULL;
}

void db_parts_cleanup(struct db_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		free(parts->items[i].table);
		free(parts->items[i].name);
		free(parts->items[i].sql);
	}
	free(parts->items);
	*parts = (struct db_parts){0};
}
