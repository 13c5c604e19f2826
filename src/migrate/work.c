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

static const char *key_of(const struct pass *pass)
{
	return pass->key ? pass->key : "id";
}

/* "select KEY, LARGE, COLUMNS from TABLE where ": `large` is what to select in the place of the large column. */
static void add_select(struct str *sql, const struct pass *pass, const char *large)
{
	str_add_format(sql, "select %s", key_of(pass));
	if (large)
		str_add_format(sql, ", %s", large);
	if (pass->columns)
		str_add_format(sql, ", %s", pass->columns);
	str_add_format(sql, " from \"%s\" where ", pass->table);
}

/* The rows behind `last` and before `stop`; NULL: from the first, to the last one. Returns the number of parameters. */
static size_t add_range(struct str *sql, const struct pass *pass, const char *last, const char *stop,
			struct db_value *parameters)
{
	size_t count = 0;
	if (last) {
		parameters[count++] = db_text(last);
		str_add_format(sql, "%s > $%zu and ", key_of(pass), count);
	}
	if (stop) {
		parameters[count++] = db_text(stop);
		str_add_format(sql, "%s < $%zu and ", key_of(pass), count);
	}
	str_add_format(sql, "%s is not null", key_of(pass));
	if (pass->where)
		str_add_format(sql, " and (%s)", pass->where);
	str_add_format(sql, " order by %s", key_of(pass));
	return count;
}

/* Reads the page behind *last and before `stop`. *last is then the page's last key, or NULL if that was all. */
static fallible read_page(struct work *work, const struct pass *pass, char **last, const char *stop, int64_t *count)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *key = *last;
	struct db_value parameters[2];
	*last = NULL;
	*count = 0;
	add_select(&sql, pass, pass->large);
	size_t used = add_range(&sql, pass, key, stop, parameters);
	str_add_format(&sql, " limit %d", pass->page);
	TRY(db_query(work->db, str_text(&sql), parameters, used, &rows));
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

/* ---- rows that make a page each ---- */

/* The keys of rows that can't come with their large column, in their order. */
static fallible find_large(struct work *work, const struct pass *pass, const char *last, struct strings *keys)
{
	AUTO(str) struct str sql = {0};
	struct db_value parameters[2];
	if (!pass->large || db_can(work->db, DB_CAN_HOLD_LARGE))
		return NULL;
	AUTO(memory) char *is_large = db_is_large(work->db, pass->large);
	str_add_format(&sql, "select %s from \"%s\" where %s and ", key_of(pass), pass->table, is_large);
	size_t used = add_range(&sql, pass, last, NULL, parameters);
	return db_texts(work->db, str_text(&sql), parameters, used, keys);
}

static fallible read_large(struct work *work, const struct pass *pass, const char *key)
{
	AUTO(str) struct str text = {0}, sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct db_value parameter = db_text(key);
	TRY(db_read_large(work->db, pass->table, key_of(pass), key, pass->large, &text));
	add_select(&sql, pass, "null");
	str_add_format(&sql, "%s = $1", key_of(pass));
	TRY(db_query(work->db, str_text(&sql), &parameter, 1, &rows));
	struct error *error = NULL;
	while (!error && db_row(rows, &error)) {
		db_put_cell(rows, 1, db_text_n(str_text(&text), text.size));
		error = pass->read(pass->state, rows);
	}
	return error;
}

fallible work_pass(struct work *work, const struct pass *pass)
{
	AUTO(memory) char *last = NULL;
	AUTO(strings) struct strings large = {0};
	size_t next = 0;
	work->current++;
	if (work->current < work->pass)
		return NULL;
	if (work->current == work->pass)
		last = text_copy(work->after);
	TRY(find_large(work, pass, last, &large));
	do {
		int64_t count;
		const char *stop = next < large.count ? large.items[next] : NULL;
		TRY(cancel_check());
		TRY(read_page(work, pass, &last, stop, &count));
		TRY(pass->write(pass->state, work));
		if (!last && stop) {
			last = text_copy(stop);
			next++;
			count++;
			TRY(read_large(work, pass, last));
			TRY(pass->write(pass->state, work));
		}
		work->rows += count;
		if (last)
			TRY(commit_if_long(work, last));
	} while (last);
	return NULL;
}
