/* On PostgreSQL upstream goes on without an index where a file's JSON has a \u0000, which can't be looked into. Open
 * WebUI itself takes NULs out of what it extracts by now, and so does this. Nothing is wrong but that it is slow, so
 * nobody is kept from migrating. */
#include "migrate/chain/nul.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/step.h"

static fallible count_files(struct db *db, int64_t *count)
{
	return db_single_integer(db,
				 "select count(*) from file where " HAS_NUL("data") " or " HAS_NUL("meta"),
				 NULL, 0, count);
}

static fallible find(struct faults *faults)
{
	struct db *db = faults->installation->db;
	int64_t there, count;
	if (!db_can(db, DB_CAN_ALTER_TABLES) ||
	    !revision_reaches(faults->installation->revision, REVISION_b8f2c6d91a04))
		return NULL;
	TRY(db_single_integer(db,
			      "select count(*) from pg_catalog.pg_index i join pg_catalog.pg_class c"
			      " on c.oid = i.indexrelid where c.relname = 'file_pending_knowledge_idx'"
			      " and i.indrelid = to_regclass('file')",
			      NULL, 0, &there));
	if (there)
		return NULL;
	TRY(count_files(db, &count));
	faults_add(faults, (struct fault_about){.mending = "NULs are taken out of files' data and meta, and it is made",
						.rows = count},
		   "the index file_pending_knowledge_idx is not there; %lld files have a NUL that keeps it away",
		   (long long)count);
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
	.find = find,
	.mend = mend,
};
