#include "migrate/changes.h"

#include "base/memory.h"

/* Rows in one statement: few round trips, and far from the limit of parameters. */
#define BATCH 200

void changes_cleanup(struct changes *changes)
{
	strings_cleanup(&changes->ids);
	strings_cleanup(&changes->values);
}

void changes_add(struct changes *changes, const char *id, const char *value)
{
	strings_add(&changes->ids, id);
	strings_add(&changes->values, value);
}

/* SQLite's columns take a text for what it is; a cast to "json" would make a number of it. */
static fallible write_batch(const struct changes *changes, struct db *db, size_t start, size_t end)
{
	struct db_value parameters[2 * BATCH];
	AUTO(str) struct str sql = {0};
	size_t count = 0;
	str_add_format(&sql, "update \"%s\" set %s = found.column2%s%s%s from (values ", changes->table,
		       changes->column, db_pick(db, "", "::"), db_pick(db, "", changes->type),
		       changes->also ? changes->also : "");
	for (size_t i = start; i < end; i++) {
		str_add_format(&sql, "%s($%zu, $%zu)", count ? ", " : "", count + 1, count + 2);
		parameters[count++] = db_text(changes->ids.items[i]);
		parameters[count++] = db_text(*changes->values.items[i] ? changes->values.items[i] : NULL);
	}
	str_add_format(&sql, ") as found where \"%s\".id = found.column1", changes->table);
	return db_run(db, str_text(&sql), parameters, count, NULL);
}

fallible changes_write(struct changes *changes, struct db *db)
{
	size_t count = changes->ids.count;
	for (size_t start = 0; start < count; start += BATCH)
		TRY(write_batch(changes, db, start, count - start < BATCH ? count : start + BATCH));
	changes_cleanup(changes);
	return NULL;
}

fallible changes_write_page(void *changes, struct work *work)
{
	return changes_write(changes, work->db);
}
