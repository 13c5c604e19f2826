/* On PostgreSQL upstream goes on without an index where a file's JSON has a \u0000, which can't be looked into. Open
 * WebUI itself takes NULs out of what it extracts by now, and so does this. Nothing is wrong but that it is slow, so
 * nobody is kept from migrating. */
#include "migrate/chain/nul.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/step.h"

/* Where more is missing than it, that is told. */
static bool is_part_of_more(const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		if (faults->items[i].kind == &fault_stamped_past)
			return true;
	return false;
}

static fallible find(struct faults *faults)
{
	struct db *db = faults->installation->db;
	int64_t there;
	if (!db_can(db, DB_CAN_ALTER_TABLES) || is_part_of_more(faults) ||
	    !revision_reaches(faults->installation->revision, REVISION_b8f2c6d91a04))
		return NULL;
	TRY(db_single_integer(db,
			      "select count(*) from pg_catalog.pg_index i join pg_catalog.pg_class c"
			      " on c.oid = i.indexrelid where c.relname = 'file_pending_knowledge_idx'"
			      " and i.indrelid = to_regclass('file')",
			      NULL, 0, &there));
	if (!there)
		faults_add(faults,
			   (struct fault_about){.mending = "NULs are taken out of files' data and meta, and it is "
							   "made"},
			   "the index file_pending_knowledge_idx is not there: files with a NUL keep it away");
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	static const char *const statements[] = {
		"update file set data = " WITHOUT_NUL("data") " where " HAS_NUL("data"),
		"update file set meta = " WITHOUT_NUL("meta") " where " HAS_NUL("meta"),
	};
	(void)fault;
	for (size_t i = 0; i < COUNT(statements); i++)
		TRY(db_run(work->db, statements[i], NULL, 0, NULL));
	return step_run_sql(work, revision_at(REVISION_b8f2c6d91a04));
}

const struct fault_kind fault_pending_index = {
	.name = "pending-index",
	.summary = "PostgreSQL: file_pending_knowledge_idx could not be made",
	.by_catalogue = true,
	.harmless = true,
	.find = find,
	.mend = mend,
};
