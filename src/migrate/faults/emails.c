/* Two accounts with one address but for the case of its letters, which f0bd01a18a3d does not take. */
#include "migrate/faults/kinds.h"

static fallible find(struct faults *faults)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	if (revision_reaches(faults->installation->revision, REVISION_f0bd01a18a3d))
		return NULL;
	TRY(db_query(faults->installation->db,
		     "select lower(email), count(*) from \"user\" where email is not null group by lower(email)"
		     " having count(*) > 1 order by 1",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		faults_add(faults,
			   (struct fault_about){.mending = "`owctl user conflicts` shows them; merge them there",
						.rows = db_cell_integer(rows, 1)},
			   "%lld accounts have the address %s", (long long)db_cell_integer(rows, 1),
			   db_cell_text(rows, 0));
	return error;
}

const struct fault_kind fault_emails = {
	.name = "emails",
	.summary = "several accounts have the same address; `owctl user conflicts` is for that",
	.find = find,
};
