#include "migrate/kept.h"

#include "base/log.h"

/* Warnings a column: a thousand lines would hide the rest. */
#define MOST_TOLD 10

static const char *const columns[] = {"table_name", "column_name", "row_id", "value"};

void kept_cleanup(struct kept *kept)
{
	if (kept->told > MOST_TOLD)
		log_warning("in all %zu rows of \"%s\" are so; the table owctl_kept has the former values", kept->told,
			    kept->table);
	batch_cleanup(&kept->rows);
}

void kept_add(struct kept *kept, const char *id, struct db_value value)
{
	const struct db_value values[] = {db_text(kept->table), db_text(kept->column), db_text(id), value};
	if (kept->told++ < MOST_TOLD)
		log_warning("\"%s\".\"%s\" of %s %s; the table owctl_kept has the former value", kept->table,
			    kept->column, id, kept->what);
	kept->rows.table = "owctl_kept";
	kept->rows.columns = columns;
	kept->rows.width = COUNT(columns);
	batch_add(&kept->rows, values);
}

fallible kept_write(struct kept *kept, struct work *work)
{
	if (!kept->rows.count)
		return NULL;
	TRY(db_script(work->db, "CREATE TABLE IF NOT EXISTS owctl_kept (table_name TEXT NOT NULL,"
				" column_name TEXT NOT NULL, row_id TEXT NOT NULL, value TEXT)"));
	return batch_load(&kept->rows, work->db);
}
