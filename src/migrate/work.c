#include "migrate/work.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "migrate/journal.h"

/* Who waits for SQLite's one lock looks for it every 100 ms: else nobody would find it free between two pages. */
#define OTHERS_TURN_MS 120

fallible work_commit(struct work *work)
{
	TRY(db_commit(work->db));
	work->got_on = true;
	if (work->online)
		cancel_sleep(OTHERS_TURN_MS);
	work->committed = clock_monotonic_ms();
	return db_begin(work->db, DB_WRITE);
}

static fallible commit_if_long(struct work *work, const char *after)
{
	if (work->only || clock_monotonic_ms() - work->committed < work->commit_ms)
		return NULL;
	if (work->revision)
		TRY(journal_mark(work, after));
	return work_commit(work);
}

/* The keys become parameters behind those that are there. To be freed. */
static struct db_value *add_keys(struct str *sql, const struct strings *keys, struct db_value first, size_t *count)
{
	struct db_value *values = mem_new((keys ? keys->count : 0) + 1, sizeof *values);
	values[0] = first;
	for (size_t i = 0; keys && i < keys->count; i++) {
		values[(*count)++] = db_text(keys->items[i]);
		str_add_format(sql, "%s$%zu", i ? ", " : "(", *count);
	}
	str_add(sql, keys ? ")" : "");
	return values;
}

fallible work_run_only(struct work *work, const char *sql)
{
	AUTO(str) struct str whole = {0};
	size_t count = 0;
	str_add(&whole, sql);
	AUTO(memory) struct db_value *values = add_keys(&whole, work->only, db_null(), &count);
	return db_run(work->db, str_text(&whole), values, count, NULL);
}

/* The rows behind `after`, or from the first one on. To be freed: the parameters. */
static struct db_value *add_select(struct str *sql, const struct work *work, const struct pass *pass,
				   const char *after, size_t *count)
{
	const char *key = pass->key ? pass->key : "id";
	str_add_format(sql, "select %s, %s from \"%s\"", key, pass->columns, pass->table);
	str_add_format(sql, " where %s %s", key, after ? "> $1" : "is not null");
	if (pass->where)
		str_add_format(sql, " and (%s)", pass->where);
	if (work->only)
		str_add_format(sql, " and %s in ", key);
	*count = after ? 1 : 0;
	struct db_value *values = add_keys(sql, work->only, db_text(after), count);
	str_add_format(sql, " order by %s limit %d", key, pass->page);
	return values;
}

/* Reads the page behind *last, which is then the page's last key, or NULL at the end of the table. */
static fallible read_page(struct work *work, const struct pass *pass, char **last, int64_t *count)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *key = *last;
	size_t parameters;
	AUTO(memory) struct db_value *values = add_select(&sql, work, pass, key, &parameters);
	*last = NULL;
	*count = 0;
	TRY(db_query(work->db, str_text(&sql), values, parameters, &rows));
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
