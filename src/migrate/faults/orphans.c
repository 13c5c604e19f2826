/* Rows that refer to others that are not there. Open WebUI lets SQLite enforce no foreign key, so what it deletes
 * leaves behind what the key would have taken along. */
#include "base/memory.h"
#include "migrate/catalogue.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/reference.h"

#define MOST_NAMED 10

/* Of one column: there are no others in the chain. */
static bool can_have_orphans(const struct db *db, const struct catalogue *live, const struct key_shape *key)
{
	return key->kind == KEY_FOREIGN && key->columns.count == 1 &&
	       catalogue_has_columns(catalogue_table(live, key->parent), &key->parent_columns) &&
	       (key->invalid || !db_can(db, DB_CAN_ENFORCE_FOREIGN_KEYS));
}

/* ---- finding ---- */

static fallible add_ids(struct db *db, const struct table_shape *table, const char *condition, struct str *list)
{
	AUTO(memory) char *sql = text_format("select id from \"%s\" where %s order by id limit %d", table->name,
					     condition, MOST_NAMED);
	AUTO(db_rows) struct db_rows *rows = NULL;
	if (!catalogue_column(table, "id"))
		return NULL;
	TRY(db_query(db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		str_add_format(list, "%s%s", list->size ? ", " : ": ", db_cell_text(rows, 0));
	return error;
}

static fallible find_of(struct faults *faults, const struct table_shape *table, const struct key_shape *key)
{
	struct db *db = faults->installation->db;
	int64_t count;
	bool nulled = text_starts(key->actions, "ON DELETE SET NULL");
	AUTO(str) struct str ids = {0};
	AUTO(memory) char *condition = reference_leads_nowhere(table, key);
	AUTO(memory) char *sql = text_format("select count(*) from \"%s\" where %s", table->name, condition);
	AUTO(memory) char *subject = reference_name(table, key);
	TRY(db_single_integer(db, sql, NULL, 0, &count));
	if (!count)
		return NULL;
	TRY(add_ids(db, table, condition, &ids));
	if (count > MOST_NAMED)
		str_add(&ids, ", ..");
	faults_add(faults,
		   (struct fault_about){.subject = subject,
					.mending = nulled ? "it becomes NULL" : "the rows are deleted",
					.rows = count},
		   "%lld rows of %s have a %s that is no %s%s", (long long)count, table->name, key->columns.items[0],
		   key->parent, str_text(&ids));
	return NULL;
}

static fallible find(struct faults *faults)
{
	const struct catalogue *live;
	TRY(faults_live(faults, &live));
	for (size_t i = 0; i < live->count; i++)
		for (size_t j = 0; j < live->tables[i].key_count; j++)
			if (can_have_orphans(faults->installation->db, live, &live->tables[i].keys[j]))
				TRY(find_of(faults, &live->tables[i], &live->tables[i].keys[j]));
	return NULL;
}

/* ---- mending ---- */

static fallible mend_of(struct work *work, const struct table_shape *table, const struct key_shape *key)
{
	AUTO(memory) char *condition = reference_leads_nowhere(table, key);
	AUTO(memory) char *sql =
		text_starts(key->actions, "ON DELETE SET NULL")
			? text_format("update \"%s\" set \"%s\" = null where %s", table->name, key->columns.items[0],
				      condition)
			: text_format("delete from \"%s\" where %s", table->name, condition);
	return db_run(work->db, sql, NULL, 0, NULL);
}

static bool is_subject(const struct table_shape *table, const struct key_shape *key, const char *subject)
{
	AUTO(memory) char *name = reference_name(table, key);
	return text_equal(name, subject);
}

static fallible mend(struct work *work, const struct fault *fault)
{
	AUTO(catalogue) struct catalogue live = {0};
	TRY(catalogue_read(work->db, &live));
	for (size_t i = 0; i < live.count; i++)
		for (size_t j = 0; j < live.tables[i].key_count; j++) {
			const struct key_shape *key = &live.tables[i].keys[j];
			if (can_have_orphans(work->db, &live, key) &&
			    is_subject(&live.tables[i], key, fault->subject))
				TRY(mend_of(work, &live.tables[i], key));
		}
	return NULL;
}

const struct fault_kind fault_orphans = {
	.name = "orphans",
	.summary = "rows refer to others that are not there",
	.takes_rows = true,
	.find = find,
	.mend = mend,
};
