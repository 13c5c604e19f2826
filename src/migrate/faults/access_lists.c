/* Releases up to 0.8.12 dropped the columns access_control with errors swallowed, as they did when they read them: one
 * may be left, and its lists may never have become grants. Where there are grants for its table, these are the truth:
 * they have been changed since, and a list from before would give back what was taken away. A row without a list may be
 * younger than the column's end, so it is not taken for one that everybody may read. */
#include "base/memory.h"
#include "migrate/chain/32_f1e2d3c4b5a6/grants.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/trace.h"

static fallible has_grants(struct db *db, const char *table, bool *has)
{
	int64_t count;
	struct db_value type = db_text(table);
	TRY(db_single_integer(db,
			      "select count(*) from (select 1 from access_grant where resource_type = $1 limit 1) g",
			      &type, 1, &count));
	*has = count > 0;
	return NULL;
}

static fallible find_in(struct faults *faults, const char *table)
{
	struct db *db = faults->installation->db;
	bool left, has;
	TRY(trace_has(faults, table, "access_control", &left));
	if (!left)
		return NULL;
	TRY(has_grants(db, table, &has));
	faults_add(faults,
		   (struct fault_about){.subject = table,
					.mending = has ? "it is dropped: access_grant has the grants"
						       : "its lists become rows of access_grant, and it is dropped"},
		   "the column %s.access_control is left", table);
	return NULL;
}

static fallible find(struct faults *faults)
{
	bool grants;
	TRY(trace_has(faults, "access_grant", NULL, &grants));
	if (!grants || !revision_reaches(faults->installation->revision, REVISION_f1e2d3c4b5a6))
		return NULL;
	for (size_t i = 0; grant_tables[i]; i++)
		TRY(find_in(faults, grant_tables[i]));
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	bool has;
	struct work all = *work;
	all.whole = true;
	AUTO(memory) char *sql = text_format("alter table \"%s\" drop column access_control", fault->subject);
	TRY(has_grants(work->db, fault->subject, &has));
	if (!has)
		TRY(grants_make(&all, fault->subject, "access_control is not null"));
	return db_script(work->db, sql);
}

const struct fault_kind fault_access_lists = {
	.name = "access-lists",
	.summary = "a column access_control is left, as releases up to 0.8.12 swallowed that it could not be dropped",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
