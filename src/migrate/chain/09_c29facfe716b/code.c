/* A file that was uploaded before has its path in its meta. What meta has there that is no text is no path. */
#include "base/json_tree.h"
#include "migrate/changes.h"
#include "migrate/chain/code.h"
#include "migrate/fit.h"
#include "migrate/scratch.h"

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
	struct error *error = cell.type == DB_TEXT ? json_tree_parse(&meta, cell.text, cell.size) : NULL;
	error_ignore(error); /* `prepare` was there: no text is that */
	if (json_tree_string(json_tree_find(meta.root, "path"), &path) && path.size)
		changes_add(state, db_cell_text(row, 0), str_text(&path));
	return NULL;
}

/* SQLite makes the table anew. */
static fallible change_table(struct db *db)
{
	static const struct scratch_edit edits[] = {{"meta ", "meta JSON"}, {NULL, NULL}};
	TRY(scratch_make(db, "file", "_alembic_tmp_file", edits, NULL,
			 "ALTER TABLE _alembic_tmp_file ADD COLUMN path TEXT"));
	TRY(scratch_fill(db, "file", "_alembic_tmp_file", NULL));
	return scratch_swap(db, "file", "_alembic_tmp_file");
}

static fallible sql_is_done(struct db *db, bool *done)
{
	*done = !db_can(db, DB_CAN_ALTER_TABLES);
	return NULL;
}

static fallible run(struct work *work)
{
	if (!work->pass && !db_can(work->db, DB_CAN_ALTER_TABLES))
		TRY(change_table(work->db));
	AUTO(changes) struct changes changes = {.table = "file", .column = "path", .type = "text"};
	return work_pass(work, &(struct pass){.table = "file",
					      .columns = "meta",
					      .where = "path is null and meta is not null",
					      .page = PAGE,
					      .read = read_file,
					      .write = changes_write_page,
					      .state = &changes});
}

const struct chain_code chain_code_c29facfe716b = {.prepare = prepare, .sql_is_done = sql_is_done, .run = run};
