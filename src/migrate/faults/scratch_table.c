/* SQLite changes a table's constraints by making it anew under another name, which Alembic calls _alembic_tmp_TABLE. A
 * kill in between leaves both; one between the old table's end and the new one's name leaves that only. */
#include "base/memory.h"
#include "migrate/faults/kinds.h"

#define PREFIX "_alembic_tmp_"

static fallible find(struct faults *faults)
{
	struct db *db = faults->installation->db;
	AUTO(strings) struct strings tables = {0};
	TRY(db_tables(db, &tables));
	for (size_t i = 0; i < tables.count; i++) {
		const char *scratch = tables.items[i];
		if (!text_starts(scratch, PREFIX))
			continue;
		const char *table = scratch + sizeof PREFIX - 1;
		bool whole = strings_have(&tables, table);
		AUTO(memory) char *mending = whole ? text_copy("it is dropped: the table it was to replace is there")
						   : text_format("it is renamed to \"%s\"", table);
		faults_add(faults, (struct fault_about){.subject = table, .mending = mending},
			   whole ? "a table \"%s\" is left of a migration that was killed"
				 : "a table \"%s\" has not got its name back in a migration that was killed",
			   scratch);
	}
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	bool whole;
	TRY(db_table_exists(work->db, fault->subject, &whole));
	AUTO(memory) char *sql = whole ? text_format("drop table \"" PREFIX "%s\"", fault->subject)
				       : text_format("alter table \"" PREFIX "%s\" rename to \"%s\"", fault->subject,
						     fault->subject);
	return db_script(work->db, sql);
}

const struct fault_kind fault_scratch_table = {
	.name = "scratch-table",
	.summary = "a table is left that was to replace another one",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
