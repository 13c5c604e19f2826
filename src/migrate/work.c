#include "migrate/work.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "migrate/journal.h"

/* ---- pace ---- */

static fallible read_number(struct settings *settings, const char *name, const char *what, int64_t *number)
{
	const char *value;
	char *end;
	TRY(settings_get(settings, name, &value));
	errno = 0;
	*number = strtoll(value, &end, 10);
	if (!errno && end != value && !*end && *number >= 0)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "%s (%s): \"%s\" is no number of %s", name,
				    settings_origin(settings, name), value, what),
			  "a whole number from 0 on; unset it for the default");
}

/* What is redone at most after a kill; and a transaction that is longer keeps others from cleaning up behind it. */
fallible work_read_pace(struct settings *settings, struct work *work)
{
	TRY(read_number(settings, "OWCTL_MIGRATE_COMMIT_MS", "milliseconds", &work->commit_ms));
	return read_number(settings, "OWCTL_MIGRATE_PAGE_ROWS", "rows", &work->page_rows);
}

/* ---- pages ---- */

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

static int page_rows(const struct work *work, const struct pass *pass)
{
	return work->page_rows && work->page_rows < pass->page ? (int)work->page_rows : pass->page;
}

static void add_select(struct str *sql, const struct pass *pass, bool behind, int rows)
{
	const char *key = pass->key ? pass->key : "id";
	str_add_format(sql, "select %s, %s from \"%s\"", key, pass->columns, pass->table);
	str_add_format(sql, " where %s %s", key, behind ? "> $1" : "is not null");
	if (pass->where)
		str_add_format(sql, " and (%s)", pass->where);
	str_add_format(sql, " order by %s limit %d", key, rows);
}

/* Reads the page behind *last, which is then the page's last key, or NULL at the end of the table. */
static fallible read_page(struct work *work, const struct pass *pass, char **last, int64_t *count)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *key = *last;
	struct db_value after = db_text(key);
	int most = page_rows(work, pass);
	*last = NULL;
	*count = 0;
	add_select(&sql, pass, key, most);
	TRY(db_query(work->db, str_text(&sql), &after, key ? 1 : 0, &rows));
	struct error *error = NULL;
	bool full = false;
	while (!full && !error && db_row(rows, &error)) {
		error = pass->read(pass->state, rows);
		full = ++*count == most || (pass->full && pass->full(pass->state));
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
