#include "migrate/history.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/snapshot.h"

#define PAGE 50

struct page {
	const struct history *history;
	struct batch versions;
};

static fallible read_row(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(str) struct str snapshot = {0};
	const char *id = db_cell_text(row, HISTORY_ID);
	char version[UUID_TEXT_SIZE];
	TRY(error_wrap(page->history->snapshot(row, &snapshot), "%s %s", page->history->table, id));
	random_uuid(version);
	const struct db_value values[] = {db_text(version), db_text(id), db_text_n(snapshot.data, snapshot.size),
					  db_text(db_cell_text(row, HISTORY_OWNER)),
					  db_integer(db_cell_integer(row, HISTORY_CREATED_AT))};
	batch_add(&page->versions, values);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->versions, work->db);
}

static char *columns_of(const struct history *history)
{
	return text_format("coalesce(user_id, ''), coalesce(nullif(updated_at, 0), nullif(created_at, 0), 0), %s",
			   history->columns);
}

static void add_blocker(struct blockers *blockers, const struct history *history, const char *row, struct error *cause)
{
	AUTO(memory) char *why = error_text(cause);
	AUTO(memory) char *remedy =
		text_format("mend it, or empty it: UPDATE \"%s\" SET meta = '{}' WHERE id = '..'", history->table);
	error_free(cause);
	blockers_add(blockers, remedy, "the %s %s has damaged JSON: %s", history->table, row ? row : "without an id",
		     why);
}

fallible history_find_blockers(struct blockers *blockers, const struct history *history)
{
	bool exists, lenient = db_can(blockers->installation->db, DB_CAN_STORE_ANYTHING);
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *columns = columns_of(history);
	AUTO(memory) char *sql = text_format("select id, %s from \"%s\" order by id", columns, history->table);
	TRY(db_table_exists(blockers->installation->db, history->table, &exists));
	if (!exists)
		return NULL;
	TRY(db_query(blockers->installation->db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		AUTO(str) struct str snapshot = {0};
		struct error *cause = history->snapshot(rows, &snapshot);
		if (!cause && !lenient && snapshot_is_only_pythons(&snapshot))
			cause = error_new(ERR_INPUT, "it has a NaN or an Infinity, which are no JSON to PostgreSQL");
		if (cause)
			add_blocker(blockers, history, db_cell_text(rows, HISTORY_ID), cause);
	}
	return error;
}

static fallible make_versions(struct work *work, const struct history *history)
{
	AUTO(memory) char *table = text_format("%s_history", history->table);
	AUTO(memory) char *of = text_format("%s_id", history->table);
	AUTO(memory) char *columns = columns_of(history);
	const char *const names[] = {"id", of, "snapshot", "user_id", "created_at"};
	struct page page = {history, {.table = table, .columns = names, .width = COUNT(names)}};
	struct error *error = work_pass(work, &(struct pass){.table = history->table,
							     .columns = columns,
							     .page = PAGE,
							     .read = read_row,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.versions);
	return error;
}

fallible history_begin(struct work *work, const struct history *history)
{
	/* Also of the second history of a revision, whose passes the first one has begun anew. */
	AUTO(memory) char *forget = text_format("delete from %s_history", history->table);
	TRY(work_begin_anew(work, NULL));
	TRY(db_run(work->db, forget, NULL, 0, NULL));
	TRY(make_versions(work, history));
	AUTO(memory) char *sql = text_format("update \"%s\" set version_id = (select h.id from %s_history h"
					     " where h.%s_id = \"%s\".id)",
					     history->table, history->table, history->table, history->table);
	return db_run(work->db, sql, NULL, 0, NULL);
}
