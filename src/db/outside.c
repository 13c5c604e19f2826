/* What is done outside of transactions. */
#include <stdlib.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/order.h"

char *db_own_name(void)
{
	char host[256] = "";
	gethostname(host, sizeof host - 1);
	return text_format("owctl pid %ld on host %s", (long)getpid(), *host ? host : "?");
}

static fallible may_be_outside(const struct db *db)
{
	if (db->in_transaction)
		return db_misuse("inside a transaction what belongs outside of one");
	return cancel_check();
}

/* ---- one holder at a time ---- */

fallible db_hold(struct db *db, int64_t number, char **holder)
{
	TRY(may_be_outside(db));
	if (db->holding)
		return db_misuse("a second lock beside the one that is held");
	char *other = NULL;
	TRY(db->driver->hold(db, number, &other));
	db->holding = !other;
	db->held = number;
	*holder = other;
	return NULL;
}

void db_release(struct db *db, int64_t number)
{
	if (!db->holding || db->held != number)
		return;
	db_rollback(db);
	db->driver->release(db, number);
	db->holding = false;
}

/* ---- one statement ---- */

static fallible read_to_end(struct db_rows *rows)
{
	bool row;
	do
		TRY(rows->db->driver->next(rows, &row));
	while (row);
	return NULL;
}

static fallible run(struct db *db, const char *sql)
{
	struct db_rows *rows = NULL;
	TRY(db->driver->query(db, sql, NULL, 0, &rows));
	struct error *error = read_to_end(rows);
	db->driver->rows_free(rows);
	free(rows);
	return error;
}

fallible db_alone(struct db *db, const char *sql, enum db_patience patience)
{
	TRY(may_be_outside(db));
	if (!db->holding)
		return db_misuse("a statement outside of a transaction while nothing is held");
	log_debug("SQL: %s", sql);
	db->blocked = false;
	struct error *error = db->driver->alone_begin(db, patience);
	if (!error)
		error = run(db, sql);
	db->driver->alone_end(db);
	return error;
}

/* ---- others, and copies ---- */

fallible db_others(struct db *db, struct strings *others)
{
	TRY(may_be_outside(db));
	return db->driver->others(db, others);
}

fallible db_file_processes(struct db *db, struct db_processes *processes)
{
	return db->driver->file_processes ? db->driver->file_processes(db, processes) : NULL;
}

void db_processes_cleanup(struct db_processes *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		free(processes->items[i].pid);
		free(processes->items[i].name);
	}
	free(processes->items);
	*processes = (struct db_processes){0};
}

fallible db_lock_holders(struct db *db, const struct strings *tables, struct strings *holders)
{
	TRY(may_be_outside(db));
	if (!db->driver->lock_holders)
		return db->driver->others(db, holders);
	return tables->count ? db->driver->lock_holders(db, tables, holders) : NULL;
}

static fallible copy(struct db *db, const char *path, bool (*is_copy)(const char *ending), char **same)
{
	TRY(may_be_outside(db));
	if (!db->driver->copy)
		return db_misuse("this engine has no file to copy");
	return db->driver->copy(db, path, is_copy, same);
}

fallible db_copy(struct db *db, const char *path)
{
	return copy(db, path, NULL, NULL);
}

fallible db_copy_once(struct db *db, const char *path, bool (*is_copy)(const char *ending), char **same)
{
	*same = NULL;
	if (!db->holding)
		return db_misuse("a copy among others while nothing is held");
	return copy(db, path, is_copy, same);
}

fallible db_remove_parts(struct db *db, bool (*is_copy)(const char *ending), struct strings *removed)
{
	TRY(may_be_outside(db));
	if (!db->holding)
		return db_misuse("copies of others while nothing is held");
	if (db->driver->remove_parts)
		db->driver->remove_parts(db, is_copy, removed);
	return NULL;
}
