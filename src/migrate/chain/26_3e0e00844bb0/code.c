/* Lists of files, in an object. What else the object has goes away with it, so it is kept elsewhere. */
#include <string.h>

#include "base/embed.h"
#include "base/json_tree.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/kept.h"
#include "migrate/snapshot.h"

#define PAGE 100

EMBED_FILE(chain_3e0e00844bb0_after, "src/migrate/chain/26_3e0e00844bb0/after.sql");

static const char *const columns[] = {"id", "user_id", "knowledge_id", "file_id", "created_at"};

enum { ID, USER, DATA };

struct page {
	struct batch files;
	struct kept kept;
	int64_t now;
};

static void add_files(struct page *page, const struct db_rows *row, const struct json_node *list)
{
	AUTO(strings) struct strings seen = {0};
	for (const struct json_node *node = list ? list->first : NULL; node; node = node->next) {
		AUTO(str) struct str file = {0};
		char id[UUID_TEXT_SIZE];
		if (!json_tree_string(node, &file) || strings_have(&seen, str_text(&file)))
			continue;
		strings_add(&seen, str_text(&file));
		random_uuid(id);
		const struct db_value values[] = {db_text(id), db_text(db_cell_text(row, USER)),
						  db_text(db_cell_text(row, ID)), db_text(str_text(&file)),
						  db_integer(page->now)};
		batch_add(&page->files, values);
	}
}

/* What says something beside the list. */
static bool has_more(const struct json_node *data)
{
	if (!json_tree_is(data, JSON_KIND_OBJECT))
		return !snapshot_is_nothing(data);
	for (const struct json_node *node = data->first; node; node = node->next)
		if (node->key_size != strlen("file_ids") || memcmp(node->key, "file_ids", node->key_size) != 0)
			return true;
	return false;
}

static fallible read_knowledge(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(json_tree) struct json_tree tree = {0}, inner = {0};
	AUTO(str) struct str text = {0};
	struct db_value cell = db_cell(row, DATA);
	struct error *error = db_is_text(cell) ? json_tree_parse(&tree, cell.text, cell.size) : NULL;
	if (!error && json_tree_string(tree.root, &text))
		error = json_tree_parse(&inner, str_text(&text), text.size);
	const struct json_node *data = inner.root ? inner.root : tree.root;
	if ((error && cell.size) || has_more(data))
		kept_add(&page->kept, db_cell_text(row, ID), cell);
	error_ignore(error);
	const struct json_node *list = json_tree_find(data, "file_ids");
	add_files(page, row, json_tree_is(list, JSON_KIND_ARRAY) ? list : NULL);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	TRY(kept_write(&page->kept, work));
	return batch_load(&page->files, work->db);
}

static fallible begin_anew(struct work *work)
{
	if (work->pass)
		TRY(kept_forget(work, "knowledge", "data"));
	return work_begin_anew(work, "DELETE FROM owctl_knowledge_file");
}

static fallible run(struct work *work)
{
	TRY(begin_anew(work));
	struct page page = {
		.files = {.table = "owctl_knowledge_file", .columns = columns, .width = COUNT(columns)},
		.kept = {.table = "knowledge",
			 .column = "data",
			 .what = "goes away, and has more than a list of files"},
		.now = work->now};
	struct error *error = work_pass(work, &(struct pass){.table = "knowledge",
							     .columns = "user_id, data",
							     .where = "data is not null",
							     .page = PAGE,
							     .read = read_knowledge,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.files);
	kept_cleanup(&page.kept);
	return error;
}

static const struct chain_touch touches[] = {
	{"knowledge", EFFECT_READS, NULL},
	{"knowledge_file", EFFECT_FILLS, "knowledge"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_3e0e00844bb0 = {
	.run = run,
	.takes_begun = true,
	.after_sqlite = chain_3e0e00844bb0_after, .after_postgresql = chain_3e0e00844bb0_after,
	.touches = touches};
