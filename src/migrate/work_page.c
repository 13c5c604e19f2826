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
	return work->page_rows && work->page_rows < pass->page ? (int)work->page_rows : pass->page;
}

/* The rows behind `last`; NULL: from the first one on. Returns the parameters, to be freed. */
static struct db_value *add_range(struct str *sql, const struct work *work, const struct pass *pass, const char *last,
				  size_t *count)
{
	struct db_value *parameters = mem_new((work->only ? work->only->count : 0) + 1, sizeof *parameters);
	*count = 0;
	str_add_format(sql, "%s is not null", key_of(pass));
	if (last) {
		parameters[(*count)++] = db_text(last);
		str_add_format(sql, " and %s > $%zu", key_of(pass), *count);
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

fallible page_read(struct work *work, const struct pass *pass, char **last, int64_t *count)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory) char *key = *last;
	int most = most_rows(work, pass);
	size_t used;
	*last = NULL;
	*count = 0;
	str_add_format(&sql, "select %s, %s from \"%s\" where ", key_of(pass), pass->columns, pass->table);
	AUTO(memory) struct db_value *parameters = add_range(&sql, work, pass, key, &used);
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
