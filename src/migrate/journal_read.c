/* What the journal tells who asks. */
#include <stdlib.h>

#include "base/memory.h"
#include "migrate/journal.h"
#include "migrate/mark.h"

#define TABLE JOURNAL_TABLE
#define LONGEST_PATH "4096" /* a longer one is none */

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

static fallible has_mark(struct db *db, const struct journal_entry *entry, bool *has)
{
	return mark_stands(db, entry->revision, entry->started_at, has);
}

fallible journal_is_open(struct installation *installation, const struct revision *revision, bool *open)
{
	AUTO(journal) struct journal journal = {0};
	TRY(journal_read(installation, &journal));
	const struct journal_entry *entry = journal_find(&journal, revision);
	*open = entry && !entry->finished_at && installation->revision->ordinal + 1 == revision->ordinal;
	return *open ? has_mark(installation->db, entry, open) : NULL;
}

/* What is begun besides is of an earlier time (faults/left_behind.c). */
fallible journal_cut_off(struct installation *installation, const struct revision **revision)
{
	const struct revision *recorded = installation->revision;
	const struct revision *next = recorded ? revision_at(recorded->ordinal + 1) : NULL;
	bool open = false;
	if (next)
		TRY(journal_is_open(installation, next, &open));
	*revision = open ? next : NULL;
	return NULL;
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
	const struct revision *revision;
	TRY(journal_cut_off(installation, &revision));
	*goes_on = revision;
	if (!revision) {
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
