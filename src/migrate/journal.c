#include "migrate/journal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

#define TABLE "owctl_migration"
#define LONGEST_PATH "4096" /* a longer one is none */

/* A table that an older owctl has made is without it. */
static fallible add_backup(struct db *db)
{
	bool has;
	TRY(db_column_exists(db, TABLE, "backup", &has));
	return has ? NULL : db_script(db, "ALTER TABLE " TABLE " ADD COLUMN backup TEXT");
}

fallible journal_open(struct installation *installation)
{
	/* Plain types that both engines have; times in seconds. */
	TRY(db_script(installation->db, "CREATE TABLE IF NOT EXISTS " TABLE " ("
				      " revision TEXT NOT NULL PRIMARY KEY,"
				      " started_at BIGINT NOT NULL,"
				      " finished_at BIGINT,"
				      " seen_rows BIGINT NOT NULL,"
				      " pass INTEGER NOT NULL,"
				      " after_key TEXT,"
				      " owctl TEXT NOT NULL,"
				      " backup TEXT)"));
	TRY(add_backup(installation->db));
	/* What is finished and later than what is recorded is of an earlier time: the database was put back. */
	AUTO(str) struct str sql = {0};
	const struct revision *revision = installation->revision;
	str_add(&sql, "delete from " TABLE " where finished_at is not null and revision in (''");
	while ((revision = revision_at(revision->ordinal + 1)))
		str_add_format(&sql, ", '%s'", revision->id);
	str_add(&sql, ")");
	return db_run(installation->db, str_text(&sql), NULL, 0, NULL);
}

/* PostgreSQL: a dump that is loaded over what is there makes the tables anew that it has, and leaves this one, which
 * it does not have, as it is. So the table with the revision has a mark as well, until the end of the run, which goes
 * with it. A SQLite file is
 * put back whole. To be freed. */
static char *mark_of(const struct revision *revision, int64_t started_at)
{
	return text_format(TABLE ": %s, %lld", revision->id, (long long)started_at);
}

/* NULL: none. */
static fallible write_mark(struct db *db, const char *mark)
{
	const char *quote = mark ? "'" : "";
	AUTO(memory)
	char *sql = text_format("COMMENT ON TABLE alembic_version IS %s%s%s", quote, mark ? mark : "NULL", quote);
	return db_can(db, DB_CAN_ALTER_TABLES) ? db_script(db, sql) : NULL;
}

static fallible has_mark(struct db *db, const struct journal_entry *entry, bool *has)
{
	int64_t count = 1;
	AUTO(memory) char *mark = mark_of(entry->revision, entry->started_at);
	struct db_value value = db_text(mark);
	if (db_can(db, DB_CAN_ALTER_TABLES))
		TRY(db_single_integer(db,
				      "select count(*) from pg_catalog.pg_description"
				      " where objoid = to_regclass('alembic_version') and objsubid = 0"
				      " and classoid = 'pg_catalog.pg_class'::regclass and description = $1",
				      &value, 1, &count));
	*has = count;
	return NULL;
}

static fallible make_row(struct work *work)
{
	struct db_value parameters[] = {db_text(work->revision->id), db_integer(work->now), db_text(OWCTL_VERSION),
					db_text(work->run->manner.backup)};
	AUTO(memory) char *mark = mark_of(work->revision, work->now);
	TRY(write_mark(work->db, mark));
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
	return write_mark(work->db, NULL);
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

/* ---- reading ---- */

void journal_cleanup(struct journal *journal)
{
	for (size_t i = 0; i < journal->count; i++) {
		free(journal->entries[i].owctl);
		free(journal->entries[i].backup);
	}
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
								    .owctl = text_copy(db_cell_text(row, 4)),
								    .backup = text_copy(db_cell_text(row, 5))};
}

fallible journal_read(struct installation *installation, struct journal *journal)
{
	bool exists, has_backup;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_table_exists(installation->db, TABLE, &exists));
	if (!exists)
		return NULL;
	TRY(db_column_exists(installation->db, TABLE, "backup", &has_backup));
	AUTO(memory)
	char *sql = text_format("select revision, started_at, finished_at, seen_rows, owctl, %s from " TABLE,
				has_backup ? "substr(cast(backup as text), 1, " LONGEST_PATH ")" : "null");
	TRY(db_query(installation->db, sql, NULL, 0, &rows));
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
	return *open ? has_mark(installation->db, entry, open) : NULL;
}

fallible journal_has_recorded(struct installation *installation, bool *has)
{
	AUTO(journal) struct journal journal = {0};
	TRY(journal_read(installation, &journal));
	const struct journal_entry *entry = journal_find(&journal, installation->revision);
	*has = entry && entry->finished_at;
	return *has ? has_mark(installation->db, entry, has) : NULL;
}

fallible journal_goes_on(struct installation *installation, bool *goes_on, char **backup)
{
	AUTO(journal) struct journal journal = {0};
	bool recorded;
	const struct revision *revision = revision_at(installation->revision->ordinal + 1);
	*goes_on = false;
	if (revision)
		TRY(journal_is_open(installation, revision, goes_on));
	if (!*goes_on) {
		revision = installation->revision;
		TRY(journal_has_recorded(installation, &recorded));
		if (!recorded)
			return NULL;
	}
	TRY(journal_read(installation, &journal));
	const struct journal_entry *entry = journal_find(&journal, revision);
	*backup = entry ? text_copy(entry->backup) : NULL;
	*goes_on |= *backup != NULL;
	return NULL;
}

fallible journal_forget(struct db *db, const struct revision *revision)
{
	struct db_value id = db_text(revision->id);
	return db_run(db, "delete from " TABLE " where revision = $1", &id, 1, NULL);
}
