/* Documents become knowledge bases. The table document stays as it is, up to the newest revision. */
#include "base/memory.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/fit.h"
#include "migrate/snapshot.h"

#define PAGE 100

static const char *const columns[] = {"id", "user_id", "name", "description", "meta", "created_at", "updated_at"};

enum { ID, USER, NAME, TITLE, CONTENT, TIME };
#define COLUMNS "user_id, name, coalesce(title, name, filename, collection_name), content, \"timestamp\""

struct page {
	struct work *work;
	struct batch bases;
};

static fallible find_blockers(struct blockers *blockers)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(blockers->installation->db,
		     "select collection_name from document where user_id is null order by collection_name", NULL, 0,
		     &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers, "give the document an owner, or delete it", "the document %s is nobody's",
			     db_cell_text(rows, 0));
	return error;
}

/* Of what is no JSON, or no object, there are no tags; the document keeps it. */
static void add_meta(struct str *json, struct db *db, struct db_value content)
{
	AUTO(json_tree) struct json_tree tree = {0};
	struct error *error = db_is_text(content) ? json_tree_parse(&tree, content.text, content.size) : NULL;
	error_ignore(error);
	fit_tree(&tree, db);
	const struct json_node *tags = json_tree_find(tree.root, "tags");
	str_add(json, "{\"legacy\": true, \"document\": true");
	if (tags)
		snapshot_add_node(json, "tags", tags);
	else
		str_add(json, ", \"tags\": []");
	str_add(json, "}");
}

static fallible read_document(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(str) struct str meta = {0};
	struct db_value time = db_cell(row, TIME);
	if (time.type == DB_NULL)
		time = db_integer(page->work->now);
	add_meta(&meta, page->work->db, db_cell(row, CONTENT));
	const struct db_value values[] = {db_text(db_cell_text(row, ID)),    db_text(db_cell_text(row, USER)),
					  db_text(db_cell_text(row, TITLE)), db_text(db_cell_text(row, NAME)),
					  db_text(str_text(&meta)),	     time,
					  time};
	batch_add(&page->bases, values);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->bases, work->db);
}

/* Open WebUI does not go on with a table that it has begun. */
static fallible sql_is_done(struct db *db, bool *done)
{
	return db_table_exists(db, "knowledge", done);
}

static fallible run(struct work *work)
{
	struct page page = {work, {.table = "knowledge", .columns = columns, .width = COUNT(columns)}};
	struct error *error = work_pass(
		work, &(struct pass){.table = "document",
				     .key = "collection_name",
				     .columns = COLUMNS,
				     .where = "not exists (select 1 from knowledge k where k.id = collection_name)",
				     .page = PAGE,
				     .read = read_document,
				     .write = write_page,
				     .state = &page});
	batch_cleanup(&page.bases);
	return error;
}

static const struct chain_touch touches[] = {
	{"document", EFFECT_READS, NULL},
	{"knowledge", EFFECT_FILLS, "document"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_6a39f3d8e55c = {
	.find_blockers = find_blockers,
	.sql_is_done = sql_is_done,
	.run = run,
	.takes_begun = true,
	.touches = touches};
