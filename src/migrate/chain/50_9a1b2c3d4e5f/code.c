/* Pages of chats: what each names is read while the page streams, and looked up among its messages afterwards. */
#include "base/memory.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"
#include "page.h"

static void forget(struct page *page)
{
	for (size_t i = 0; i < page->count; i++)
		chat_cleanup(&page->chats[i]);
	page->count = 0;
}

static fallible read_chat(void *state, const struct db_rows *row)
{
	struct page *page = state;
	struct chat *chat = &page->chats[page->count++];
	*chat = (struct chat){.id = text_copy(db_cell_text(row, 0))};
	struct db_value text = db_cell(row, 1);
	if (db_is_text(text))
		chat_read_named(chat, text.text, text.size);
	return NULL;
}

/* With something to set for every chat, those without a current message are written as well. */
static fallible store(const struct page *page, struct db *db)
{
	struct changes changes = {
		.table = "chat", .column = "current_message_id", .type = "text", .also = page->also};
	for (size_t i = 0; i < page->count; i++)
		if (page->chats[i].current || *page->also)
			changes_add(&changes, page->chats[i].id, page->chats[i].current ? page->chats[i].current : "");
	struct error *error = changes_write(&changes, db);
	changes_cleanup(&changes);
	return error;
}

static fallible resolve(struct page *page, struct db *db)
{
	TRY(page_resolve(page, db));
	return store(page, db);
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	struct error *error = resolve(page, work->db);
	forget(page);
	return error;
}

fallible current_find(struct work *work, const char *also)
{
	struct page page = {.also = also};
	struct error *error = work_pass(work, &(struct pass){.table = "chat",
							     .large = "chat",
							     .page = PAGE,
							     .read = read_chat,
							     .write = write_page,
							     .state = &page});
	forget(&page);
	return error;
}

fallible current_find_of(struct db *db, const struct strings *chats)
{
	struct page page = {.also = ""};
	struct error *error = NULL;
	for (size_t start = 0; !error && start < chats->count; start += PAGE) {
		for (size_t i = start; i < chats->count && page.count < PAGE; i++)
			page.chats[page.count++] = (struct chat){.id = text_copy(chats->items[i])};
		error = page_read_json(&page, db, chat_read_named);
		if (!error)
			error = resolve(&page, db);
		forget(&page);
	}
	return error;
}

static fallible column_exists(struct db *db, bool *exists)
{
	return db_column_exists(db, "chat", "current_message_id", exists);
}

fallible current_add_column(struct db *db)
{
	bool exists;
	TRY(column_exists(db, &exists));
	return exists ? NULL : db_script(db, "ALTER TABLE chat ADD COLUMN current_message_id TEXT");
}

static fallible run(struct work *work)
{
	return work->run->current_found ? NULL : current_find(work, "");
}

static fallible redo(struct work *work)
{
	TRY(work_run_only(work, "update chat set current_message_id = null where id in "));
	return current_find(work, "");
}

/* The column may be there since b7c8d9e0f1a2, of this run or of one that was cut off in between. */
static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS | EFFECT_WRITES, NULL},
	{"chat_message", EFFECT_READS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_9a1b2c3d4e5f = {
	.sql_is_done = column_exists,
	.run = run,
	.watched = "chat",
	.redo = redo,
	.takes_begun = true,
	.touches = touches};
