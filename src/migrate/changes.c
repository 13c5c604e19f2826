#include "migrate/changes.h"

#include <string.h>

#include "base/large.h"
#include "openwebui/installation.h"

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

/* "update TABLE set COLUMN = FOUND, .. from ": SQLite's columns take a text for what it is; a cast to "json" would make
 * a number of it. */
static void add_update(struct str *sql, const struct changes *changes, struct db *db, const char *found)
{
	str_add_format(sql, "update \"%s\" set %s = %s%s%s%s from ", changes->table, changes->column, found,
		       db_pick(db, "", "::"), db_pick(db, "", changes->type), changes->also ? changes->also : "");
}

/* A row that is gone meanwhile needs no change; one that is there was kept from it. */
static fallible check_changed(const struct changes *changes, struct db *db, size_t start, size_t end, int64_t changed)
{
	struct db_value parameters[BATCH];
	AUTO(str) struct str sql = {0};
	int64_t there;
	if (changed >= (int64_t)(end - start))
		return NULL;
	str_add_format(&sql, "select count(*) from \"%s\" where id in (", changes->table);
	for (size_t i = start; i < end; i++) {
		parameters[i - start] = db_text(changes->ids.items[i]);
		str_add_format(&sql, "%s$%zu", i > start ? ", " : "", i - start + 1);
	}
	str_add(&sql, ")");
	TRY(db_single_integer(db, str_text(&sql), parameters, end - start, &there));
	if (there <= changed)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the table \"%s\" keeps %lld of %lld rows as they were",
				    changes->table, (long long)(there - changed), (long long)there),
			  "%s", swallowed_hint);
}

static fallible write_batch(const struct changes *changes, struct db *db, size_t start, size_t end)
{
	struct db_value parameters[2 * BATCH];
	AUTO(str) struct str sql = {0};
	size_t count = 0;
	int64_t changed;
	add_update(&sql, changes, db, "found.column2");
	str_add(&sql, "(values ");
	for (size_t i = start; i < end; i++) {
		str_add_format(&sql, "%s($%zu, $%zu)", count ? ", " : "", count + 1, count + 2);
		parameters[count++] = db_text(changes->ids.items[i]);
		parameters[count++] = db_text(*changes->values.items[i] ? changes->values.items[i] : NULL);
	}
	str_add_format(&sql, ") as found where \"%s\".id = found.column1", changes->table);
	TRY(db_run(db, str_text(&sql), parameters, count, &changed));
	return check_changed(changes, db, start, end, changed);
}

/* ---- large values, where a parameter would have to be held whole ---- */

#define APART "owctl_large" /* only ever there inside of the transaction */

static bool goes_apart(const struct changes *changes, struct db *db, size_t place)
{
	return !db_can(db, DB_CAN_HOLD_LARGE) && strlen(changes->values.items[place]) >= LARGE_BLOCK;
}

static fallible load_apart(const struct changes *changes, struct db *db, size_t place)
{
	static const char *const columns[] = {"id", "value"};
	AUTO(db_load) struct db_load *load = NULL;
	const struct db_value values[] = {db_text(changes->ids.items[place]), db_text(changes->values.items[place])};
	TRY(db_load_begin(db, APART, columns, COUNT(columns), &load));
	TRY(db_load_row(load, values));
	return db_load_end(&load, NULL);
}

static fallible write_apart(const struct changes *changes, struct db *db, size_t place)
{
	AUTO(str) struct str sql = {0};
	int64_t changed;
	TRY(db_script(db, "create unlogged table " APART " (id text, value text)"));
	TRY(load_apart(changes, db, place));
	add_update(&sql, changes, db, "found.value");
	str_add_format(&sql, APART " found where \"%s\".id = found.id", changes->table);
	TRY(db_run(db, str_text(&sql), NULL, 0, &changed));
	TRY(check_changed(changes, db, place, place + 1, changed));
	return db_script(db, "drop table " APART);
}

/* ---- */

fallible changes_write(struct changes *changes, struct db *db)
{
	size_t count = changes->ids.count;
	for (size_t start = 0, end; start < count; start = end) {
		for (end = start; end < count && end - start < BATCH && !goes_apart(changes, db, end);)
			end++;
		TRY(end > start ? write_batch(changes, db, start, end) : write_apart(changes, db, end++));
	}
	changes_cleanup(changes);
	return NULL;
}

fallible changes_write_page(void *changes, struct work *work)
{
	return changes_write(changes, work->db);
}
