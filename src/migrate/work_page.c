#include "migrate/work_page.h"

#include <stdlib.h>

#include "base/memory.h"

/* The keys become parameters behind those that are there. */
static void add_keys(struct str *sql, const struct strings *keys, struct db_value *parameters, size_t *count)
{
	for (size_t i = 0; i < keys->count; i++) {
		parameters[(*count)++] = db_text(keys->items[i]);
		str_add_format(sql, "%s$%zu", i ? ", " : "(", *count);
	}
	str_add(sql, ")");
}

fallible work_run_only(struct work *work, const char *sql)
{
	AUTO(str) struct str whole = {0};
	AUTO(memory) struct db_value *parameters = mem_new(work->only->count, sizeof *parameters);
	size_t count = 0;
	str_add(&whole, sql);
	add_keys(&whole, work->only, parameters, &count);
	return db_run(work->db, str_text(&whole), parameters, count, NULL);
}

static const char *key_of(const struct pass *pass)
{
	return pass->key ? pass->key : "id";
}

static int most_rows(const struct work *work, const struct pass *pass)
{
	const int64_t wanted = work->run->page_rows;
	return wanted && wanted < pass->page ? (int)wanted : pass->page;
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

/* The rows behind `last` and before `stop`; NULL: from the first, to the last one. Returns the parameters, to be
 * freed. */
static struct db_value *add_range(struct str *sql, const struct work *work, const struct pass *pass, const char *last,
				  const char *stop, size_t *count)
{
	struct db_value *parameters = mem_new((work->only ? work->only->count : 0) + 2, sizeof *parameters);
	*count = 0;
	str_add_format(sql, "%s is not null", key_of(pass));
	if (last) {
		parameters[(*count)++] = db_text(last);
		str_add_format(sql, " and %s > $%zu", key_of(pass), *count);
	}
	if (stop) {
		parameters[(*count)++] = db_text(stop);
		str_add_format(sql, " and %s < $%zu", key_of(pass), *count);
	}
	if (pass->where)
		str_add_format(sql, " and (%s)", pass->where);
	if (work->only) {
		str_add_format(sql, " and %s in ", key_of(pass));
		add_keys(sql, work->only, parameters, count);
	}
	str_add_format(sql, " order by %s", key_of(pass));
	return parameters;
}

fallible page_read(struct work *work, const struct pass *pass, char **last, const char *stop, int64_t *count)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *key = *last;
	int most = most_rows(work, pass);
	size_t used;
	*last = NULL;
	*count = 0;
	add_select(&sql, pass, pass->large);
	AUTO(memory) struct db_value *parameters = add_range(&sql, work, pass, key, stop, &used);
	str_add_format(&sql, " limit %d", most);
	TRY(db_query(work->db, str_text(&sql), parameters, used, &rows));
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

fallible page_find_large(struct work *work, const struct pass *pass, const char *last, struct strings *keys)
{
	AUTO(str) struct str sql = {0};
	size_t used;
	if (!pass->large || db_can(work->db, DB_CAN_HOLD_LARGE))
		return NULL;
	AUTO(memory) char *is_large = db_is_large(work->db, pass->large);
	str_add_format(&sql, "select %s from \"%s\" where %s and ", key_of(pass), pass->table, is_large);
	AUTO(memory) struct db_value *parameters = add_range(&sql, work, pass, last, NULL, &used);
	return db_texts(work->db, str_text(&sql), parameters, used, keys);
}

fallible page_read_large(struct work *work, const struct pass *pass, const char *key)
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
