/* SQLite changes a table's constraints by making it anew under another name, which Alembic calls _alembic_tmp_TABLE. A
 * kill in between leaves both; one between the old table's end and the new one's name leaves that only. So it is with
 * prompt_new, by which 374d2f66af06 makes prompts anew on both engines; owctl goes on with one of its own. */
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/journal.h"

#define PREFIX "_alembic_tmp_"

/* The table that a scratch table was to replace; NULL: it is none. Borrowed. */
static const char *table_of(const char *scratch)
{
	if (text_equal(scratch, "prompt_new"))
		return "prompt";
	return text_starts(scratch, PREFIX) ? scratch + sizeof PREFIX - 1 : NULL;
}

static fallible is_owctls(struct installation *installation, const char *scratch, bool *own)
{
	*own = false;
	return text_equal(scratch, "prompt_new")
		       ? journal_is_open(installation, revision_at(REVISION_374d2f66af06), own)
		       : NULL;
}

static fallible find(struct faults *faults)
{
	AUTO(strings) struct strings tables = {0};
	TRY(db_tables(faults->installation->db, &tables));
	for (size_t i = 0; i < tables.count; i++) {
		bool own;
		const char *scratch = tables.items[i], *table = table_of(scratch);
		if (table)
			TRY(is_owctls(faults->installation, scratch, &own));
		if (!table || own)
			continue;
		bool whole = strings_have(&tables, table);
		AUTO(memory) char *mending = whole ? text_copy("it is dropped: what it was to replace is there")
						   : text_format("it is renamed to \"%s\"", table);
		faults_add(faults, (struct fault_about){.subject = scratch, .mending = mending},
			   whole ? "a table \"%s\" is left of a migration that was killed"
				 : "a table \"%s\" has not got its name in a migration that was killed",
			   scratch);
	}
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	bool whole;
	const char *scratch = fault->subject, *table = table_of(scratch);
	TRY(db_table_exists(work->db, table, &whole));
	AUTO(memory) char *sql = whole ? text_format("drop table \"%s\"", scratch)
				       : text_format("alter table \"%s\" rename to \"%s\"", scratch, table);
	return db_script(work->db, sql);
}

const struct fault_kind fault_scratch_table = {
	.name = "scratch-table",
	.summary = "a table is left that was to replace another one",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
