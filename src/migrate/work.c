#include "migrate/work.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "migrate/journal.h"

static fallible commit_if_long(struct work *work, const char *after)
{
	if (clock_monotonic_ms() - work->committed < work->commit_ms)
		return NULL;
	if (work->revision)
		TRY(journal_mark(work, after));
	TRY(db_commit(work->db));
	work->committed = clock_monotonic_ms();
	return db_begin(work->db, DB_WRITE);
}

static void add_select(struct str *sql, const struct pass *pass, bool behind)
{
	const char *key = pass->key ? pass->key : "id";
	str_add_format(sql, "select %s, %s from \"%s\"", key, pass->columns, pass->table);
	str_add_format(sql, " where %s %s", key, behind ? "> $1" : "is not null");
	if (pass->where)
		str_add_format(sql, " and (%s)", pass->where);
	str_add_format(sql, " order by %s limit %d", key, pass->page);
}

/* Reads the page behind *last, which is then the page's last key, or NULL at the end of the table. */
static fallible read_page(struct work *work, const struct pass *pass, char **last, int64_t *count)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *key = *last;
	struct db_value after = db_text(key);
	*last = NULL;
	*count = 0;
	add_select(&sql, pass, key);
	TRY(db_query(work->db, str_text(&sql), &after, key ? 1 : 0, &rows));
	struct error *error = NULL;
	bool full = false;
	while (!full && !error && db_row(rows, &error)) {
		error = pass->read(pass->state, rows);
		full = ++*count == pass->page || (pass->full && pass->full(pass->state));
		if (full)
			*last = text_copy(db_cell_text(rows, 0));
	}
	return error;
}

fallible work_pass(struct work *work, const struct pass *pass)
{
	AUTO(memory) char *last = NULL;
	work->current++;
	if (work->current < work->pass)
		return NULL;
	if (work->current == work->pass)
		last = text_copy(work->after);
	do {
		int64_t count;
		TRY(cancel_check());
		TRY(read_page(work, pass, &last, &count));
		TRY(pass->write(pass->state, work));
		work->rows += count;
		if (last)
			TRY(commit_if_long(work, last));
	} while (last);
	return NULL;
}
