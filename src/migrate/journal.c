#include "migrate/journal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "migrate/mark.h"

#define TABLE JOURNAL_TABLE

/* A table that an older owctl has made is without it. */
static fallible add_backup(struct db *db)
{
	bool has;
	TRY(db_column_exists(db, TABLE, "backup", &has));
	return has ? NULL : db_script(db, "ALTER TABLE " TABLE " ADD COLUMN backup TEXT");
}

fallible journal_make(struct db *db)
{
	/* Plain types that both engines have; times in seconds. */
	TRY(db_script(db, "CREATE TABLE IF NOT EXISTS " TABLE " ("
			  " revision TEXT NOT NULL PRIMARY KEY,"
			  " started_at BIGINT NOT NULL,"
			  " finished_at BIGINT,"
			  " seen_rows BIGINT NOT NULL,"
			  " pass INTEGER NOT NULL,"
			  " after_key TEXT,"
			  " owctl TEXT NOT NULL,"
			  " backup TEXT)"));
	return add_backup(db);
}

fallible journal_open(struct installation *installation)
{
	TRY(journal_make(installation->db));
	/* What is finished and later than what is recorded is of an earlier time: the database was put back. */
	AUTO(str) struct str sql = {0};
	const struct revision *revision = installation->revision;
	str_add(&sql, "delete from " TABLE " where finished_at is not null and revision in (''");
	while ((revision = revision_at(revision->ordinal + 1)))
		str_add_format(&sql, ", '%s'", revision->id);
	str_add(&sql, ")");
	return db_run(installation->db, str_text(&sql), NULL, 0, NULL);
}

static fallible make_row(struct work *work)
{
	struct db_value parameters[] = {db_text(work->revision->id), db_integer(work->now), db_text(OWCTL_VERSION),
					db_text(work->run->manner.backup)};
	TRY(mark_write(work->db, work->revision, work->now));
	TRY(journal_forget(work->db, work->revision));
	return db_run(work->db,
		      "insert into " TABLE " (revision, started_at, finished_at, seen_rows, pass, after_key, owctl,"
		      " backup) values ($1, $2, null, 0, 0, null, $3, $4)",
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

/* With the last one the run has got to its end, and none goes on with its copy. */
fallible journal_finish(struct work *work)
{
	TRY(update(work, NULL, db_integer(clock_now())));
	if (work->revision != work->run->to)
		return NULL;
	TRY(db_run(work->db, "update " TABLE " set backup = null where backup is not null", NULL, 0, NULL));
	return mark_clear(work->db);
}

fallible journal_keep_backup(struct installation *installation, const char *backup)
{
	const struct revision *next = revision_at(installation->revision->ordinal + 1);
	struct db_value parameters[] = {db_text(backup), db_text(installation->revision->id),
					db_text(next ? next->id : NULL)};
	TRY(db_begin(installation->db, DB_WRITE));
	TRY(add_backup(installation->db));
	TRY(db_run(installation->db, "update " TABLE " set backup = $1 where revision in ($2, $3)", parameters,
		   COUNT(parameters), NULL));
	return db_commit(installation->db);
}

fallible journal_forget(struct db *db, const struct revision *revision)
{
	struct db_value id = db_text(revision->id);
	return db_run(db, "delete from " TABLE " where revision = $1", &id, 1, NULL);
}
