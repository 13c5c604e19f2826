#include "migrate/journal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

#define TABLE "owctl_migration"

fallible journal_open(struct installation *installation)
{
	/* Plain types that both engines have; times in seconds. */
	return db_script(installation->db, "CREATE TABLE IF NOT EXISTS " TABLE " ("
					   " revision TEXT NOT NULL PRIMARY KEY,"
					   " started_at BIGINT NOT NULL,"
					   " finished_at BIGINT,"
					   " seen_rows BIGINT NOT NULL,"
					   " pass INTEGER NOT NULL,"
					   " after_key TEXT,"
					   " owctl TEXT NOT NULL)");
}

static fallible make_row(struct work *work)
{
	struct db_value parameters[] = {db_text(work->revision->id), db_integer(work->now), db_text(OWCTL_VERSION)};
	TRY(db_run(work->db, "delete from " TABLE " where revision = $1", parameters, 1, NULL));
	return db_run(work->db,
		      "insert into " TABLE " (revision, started_at, finished_at, seen_rows, pass, after_key, owctl)"
		      " values ($1, $2, null, 0, 0, null, $3)",
		      parameters, COUNT(parameters), NULL);
}

/* A row that is finished is of an earlier time: the database was put back since. */
fallible journal_begin(struct work *work, bool *begun)
{
	struct db_value revision = db_text(work->revision->id);
	struct db_rows *rows = NULL;
	TRY(db_query(work->db,
		     "select started_at, seen_rows, pass, after_key from " TABLE
		     " where revision = $1 and finished_at is null",
		     &revision, 1, &rows));
	struct error *error = NULL;
	*begun = false;
	while (db_row(rows, &error)) {
		*begun = true;
		work->now = db_cell_integer(rows, 0);
		work->rows = db_cell_integer(rows, 1);
		work->pass = (int)db_cell_integer(rows, 2);
		free(work->after);
		work->after = text_copy(db_cell_text(rows, 3));
	}
	db_rows_free(rows);
	if (error || *begun)
		return error;
	return make_row(work);
}

static fallible update(struct work *work, const char *after, struct db_value finished)
{
	int64_t changed;
	struct db_value parameters[] = {db_text(work->revision->id), db_integer(work->rows), db_integer(work->current),
					db_text(after), finished};
	TRY(db_run(work->db,
		   "update " TABLE
		   " set seen_rows = $2, pass = $3, after_key = $4, finished_at = $5 where revision = $1",
		   parameters, COUNT(parameters), &changed));
	if (changed == 1)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the table " TABLE " does not keep what is written to it"), "%s",
			  swallowed_hint);
}

fallible journal_mark(struct work *work, const char *after)
{
	return update(work, after, db_null());
}

fallible journal_mark_stage(struct work *work, enum journal_stage stage)
{
	work->current = (int)stage;
	return update(work, NULL, db_null());
}

fallible journal_finish(struct work *work)
{
	return update(work, NULL, db_integer(clock_now()));
}

/* ---- reading ---- */

void journal_cleanup(struct journal *journal)
{
	for (size_t i = 0; i < journal->count; i++)
		free(journal->entries[i].owctl);
	free(journal->entries);
	*journal = (struct journal){0};
}

/* A revision that this owctl does not know is one of a newer owctl. */
static void add_entry(struct journal *journal, const struct db_rows *row)
{
	const struct revision *revision = db_cell_text(row, 0) ? revision_find(db_cell_text(row, 0)) : NULL;
	if (!revision)
		return;
	journal->entries = mem_resize(journal->entries, journal->count + 1, sizeof *journal->entries);
	journal->entries[journal->count++] = (struct journal_entry){.revision = revision,
								    .started_at = db_cell_integer(row, 1),
								    .finished_at = db_cell_integer(row, 2),
								    .rows = db_cell_integer(row, 3),
								    .owctl = text_copy(db_cell_text(row, 4))};
}

fallible journal_read(struct installation *installation, struct journal *journal)
{
	bool exists;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_table_exists(installation->db, TABLE, &exists));
	if (!exists)
		return NULL;
	TRY(db_query(installation->db, "select revision, started_at, finished_at, seen_rows, owctl from " TABLE, NULL,
		     0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		add_entry(journal, rows);
	return error;
}

const struct journal_entry *journal_find(const struct journal *journal, const struct revision *revision)
{
	for (size_t i = 0; i < journal->count; i++)
		if (journal->entries[i].revision == revision)
			return &journal->entries[i];
	return NULL;
}

fallible journal_is_open(struct installation *installation, const struct revision *revision, bool *open)
{
	AUTO(journal) struct journal journal = {0};
	TRY(journal_read(installation, &journal));
	const struct journal_entry *entry = journal_find(&journal, revision);
	*open = entry && !entry->finished_at && installation->revision->ordinal + 1 == revision->ordinal;
	return NULL;
}
