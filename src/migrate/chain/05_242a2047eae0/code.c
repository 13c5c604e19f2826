/* The text of a conversation is read and written again as JSON, one conversation after the other. PostgreSQL has the
 * text beside the JSON meanwhile, as old_chat; for SQLite, which would write the whole table twice, the rows go to a
 * table beside it. A database with an old_chat was left so by a server that did not get to the end of this: what it has
 * taken since counts. */
#include "base/memory.h"
#include "migrate/changes.h"
#include "migrate/chain/code.h"
#include "migrate/fit.h"
#include "migrate/scratch.h"

#define PAGE 200
#define FULL (8 << 20) /* bytes of conversations */
#define SCRATCH "owctl_chat"

struct page {
	struct db *db;
	struct batch rows;      /* SQLite: the columns of the new table, chat is the last one */
	struct changes changes; /* PostgreSQL */
	struct kept kept;
	size_t bytes;
};

struct shape {
	bool is_text, has_old;
};

static fallible read_shape(struct db *db, struct shape *shape)
{
	AUTO(memory) char *type = NULL;
	TRY(column_type(db, "chat", "chat", &type));
	shape->is_text = type && !text_starts(type, "json");
	return db_column_exists(db, "chat", "old_chat", &shape->has_old);
}

/* ---- a row ---- */

/* Without a text there is no conversation. */
static void add_json(struct page *page, const char *id, struct db_value text, struct str *json)
{
	if (db_is_text(text) && text.size)
		fit_add_kept(json, page->db, &page->kept, id, text, true);
	else
		str_add(json, "null");
	page->bytes += json->size;
}

static bool is_full(const void *state)
{
	const struct page *page = state;
	return page->bytes > FULL;
}

/* ---- PostgreSQL ---- */

static fallible read_text(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(str) struct str json = {0};
	const char *id = db_cell_text(row, 0);
	add_json(page, id, db_cell(row, 1), &json);
	changes_add(&page->changes, id, str_text(&json));
	return NULL;
}

static fallible write_texts(void *state, struct work *work)
{
	struct page *page = state;
	page->bytes = 0;
	TRY(kept_write(&page->kept, work));
	return changes_write(&page->changes, work->db);
}

static fallible rename_column(struct db *db, const struct shape *shape)
{
	if (!shape->is_text)
		return NULL;
	if (shape->has_old)
		TRY(db_script(db, "UPDATE chat SET chat = old_chat WHERE chat IS NULL;"
				  " ALTER TABLE chat DROP COLUMN old_chat"));
	return db_script(db, "ALTER TABLE chat RENAME COLUMN chat TO old_chat; ALTER TABLE chat ADD COLUMN chat JSON");
}

static fallible fill_column(struct work *work, const struct shape *shape, struct page *page)
{
	if (!work->pass)
		TRY(rename_column(work->db, shape));
	TRY(work_pass(work, &(struct pass){.table = "chat",
					   .large = "old_chat",
					   .where = "chat is null",
					   .page = PAGE,
					   .full = is_full,
					   .read = read_text,
					   .write = write_texts,
					   .state = page}));
	return db_script(work->db, "ALTER TABLE chat DROP COLUMN old_chat");
}

/* ---- SQLite ---- */

static fallible read_row(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(str) struct str json = {0};
	AUTO(memory) struct db_value *values = mem_new(page->rows.width, sizeof *values);
	size_t last = page->rows.width - 1;
	for (size_t i = 0; i <= last; i++)
		values[i] = db_cell(row, (int)i + 1); /* behind the key */
	add_json(page, db_cell_text(row, 0), values[last], &json);
	values[last] = db_text_n(str_text(&json), json.size);
	batch_add(&page->rows, values);
	return NULL;
}

static fallible write_rows(void *state, struct work *work)
{
	struct page *page = state;
	page->bytes = 0;
	TRY(kept_write(&page->kept, work));
	return batch_load(&page->rows, work->db);
}

static fallible make_table(struct db *db, const struct shape *shape)
{
	AUTO(memory)
	char *changes = text_format("%s ALTER TABLE " SCRATCH " DROP COLUMN chat;"
				    " ALTER TABLE " SCRATCH " ADD COLUMN chat JSON",
				    shape->has_old ? "ALTER TABLE " SCRATCH " DROP COLUMN old_chat;" : "");
	return scratch_make(db, "chat", SCRATCH, changes);
}

static fallible fill_table(struct work *work, const struct shape *shape, struct page *page)
{
	AUTO(strings) struct strings names = {0};
	AUTO(str) struct str columns = {0};
	TRY(work_begin_anew(work, NULL));
	TRY(make_table(work->db, shape));
	TRY(scratch_columns(work->db, SCRATCH, &names));
	page->rows = (struct batch){
		.table = SCRATCH, .columns = (const char *const *)names.items, .width = names.count};
	for (size_t i = 0; i + 1 < names.count; i++) {
		db_add_identifier(&columns, names.items[i]);
		str_add(&columns, ", ");
	}
	str_add(&columns, shape->has_old ? "coalesce(chat, old_chat)" : "chat");
	TRY(work_pass(work, &(struct pass){.table = "chat",
					   .columns = str_text(&columns),
					   .page = PAGE,
					   .full = is_full,
					   .read = read_row,
					   .write = write_rows,
					   .state = page}));
	return scratch_swap(work->db, "chat", SCRATCH);
}

static fallible sql_is_done(struct db *db, bool *done)
{
	(void)db;
	*done = true;
	return NULL;
}

static fallible run(struct work *work)
{
	struct shape shape;
	TRY(read_shape(work->db, &shape));
	if (!shape.is_text && !shape.has_old)
		return NULL;
	struct page page = {.db = work->db,
			    .changes = {.table = "chat", .column = "chat", .type = "json"},
			    .kept = {.table = "chat", .column = "chat"}};
	struct error *error = db_can(work->db, DB_CAN_ALTER_TABLES) ? fill_column(work, &shape, &page)
								     : fill_table(work, &shape, &page);
	batch_cleanup(&page.rows);
	changes_cleanup(&page.changes);
	kept_cleanup(&page.kept);
	return error;
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_REMAKES, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_242a2047eae0 = {.sql_is_done = sql_is_done, .run = run, .touches = touches};
