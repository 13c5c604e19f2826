/* A file that was uploaded before has its path in its meta. What meta has there that is no text is no path. */
#include "base/json_tree.h"
#include "migrate/changes.h"
#include "migrate/chain/code.h"
#include "migrate/fit.h"

#define PAGE 100

static fallible prepare(struct work *work)
{
	return fit_column(work, "file", "meta");
}

static fallible read_file(void *state, const struct db_rows *row)
{
	AUTO(json_tree) struct json_tree meta = {0};
	AUTO(str) struct str path = {0};
	struct db_value cell = db_cell(row, 1);
	struct error *error = db_is_text(cell) ? json_tree_parse(&meta, cell.text, cell.size) : NULL;
	error_ignore(error); /* `prepare` was there: no text is that */
	if (json_tree_string(json_tree_find(meta.root, "path"), &path) && path.size)
		changes_add(state, db_cell_text(row, 0), str_text(&path));
	return NULL;
}

static fallible run(struct work *work)
{
	AUTO(changes) struct changes changes = {.table = "file", .column = "path", .type = "text"};
	return work_pass(work, &(struct pass){.table = "file",
					      .columns = "meta",
					      .where = "path is null and meta is not null",
					      .page = PAGE,
					      .read = read_file,
					      .write = changes_write_page,
					      .state = &changes});
}

static const struct chain_touch touches[] = {
	{"file", EFFECT_READS | EFFECT_WRITES, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_c29facfe716b = {.prepare = prepare, .run = run, .touches = touches};
