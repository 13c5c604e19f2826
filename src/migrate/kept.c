#include "migrate/kept.h"

#include "base/log.h"
#include "base/memory.h"
#include "migrate/told.h"

static const char *const columns[] = {"table_name", "column_name", "row_id", "value"};

void kept_cleanup(struct kept *kept)
{
	if (told_leaves_out(kept->told))
		log_warning("in all %zu rows of \"%s\" are so; the table owctl_kept has the former values", kept->told,
			    kept->table);
	batch_cleanup(&kept->rows);
}

void kept_add(struct kept *kept, const char *id, struct db_value value)
{
	const struct db_value values[] = {db_text(kept->table), db_text(kept->column), db_text(id), value};
	told_warn(&kept->told, "\"%s\".\"%s\" of %s %s; the table owctl_kept has the former value", kept->table,
		  kept->column, id, kept->what);
	kept->rows.table = "owctl_kept";
	kept->rows.columns = columns;
	kept->rows.width = COUNT(columns);
	batch_add(&kept->rows, values);
}

fallible kept_make(struct db *db)
{
	return db_script(db, "CREATE TABLE IF NOT EXISTS owctl_kept (table_name TEXT NOT NULL,"
			     " column_name TEXT NOT NULL, row_id TEXT NOT NULL, value TEXT)");
}

fallible kept_write(struct kept *kept, struct work *work)
{
	if (!kept->rows.count)
		return NULL;
	TRY(kept_make(work->db));
	return batch_load(&kept->rows, work->db);
}

fallible kept_forget(struct work *work, const char *table, const char *column)
{
	bool exists;
	const char *only = work->only ? " and row_id in " : "";
	AUTO(memory)
	char *sql = text_format("delete from owctl_kept where table_name = '%s' and column_name = '%s'%s", table,
				column, only);
	TRY(db_table_exists(work->db, "owctl_kept", &exists));
	if (!exists)
		return NULL;
	return work->only ? work_run_only(work, sql) : db_script(work->db, sql);
}
