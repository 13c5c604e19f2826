/* Pages of chats: what each names is read while the page streams, and looked up among its messages afterwards. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "current.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"

#define PAGE 150

struct page {
	struct chat chats[PAGE];
	size_t count;
	const char *also;
};

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

static struct chat *find(struct page *page, const char *id)
{
	for (size_t i = 0; i < page->count; i++)
		if (text_equal(page->chats[i].id, id))
			return &page->chats[i];
	return NULL;
}

/* ---- what the JSON names, if there is such a message ---- */

struct found {
	struct chat *chat;
	size_t place; /* in its list: the lowest one counts */
};

static void take_better(struct page *page, struct found *best, const char *chat_id, const char *message_id)
{
	struct chat *chat = find(page, chat_id);
	for (size_t i = 0; chat && i < chat->named.count; i++) {
		struct found *known = &best[chat - page->chats];
		if (text_equal(chat->named.items[i], chat_message_id(chat, message_id)) &&
		    (!known->chat || i < known->place))
			*known = (struct found){chat, i};
	}
}

/* The ids that chat_message may have them under, as a list of parameters. */
static size_t wanted(const struct page *page, struct strings *ids, struct db_value *parameters, struct str *list)
{
	for (size_t i = 0; i < page->count; i++)
		for (size_t j = 0; j < page->chats[i].named.count; j++)
			strings_add_taken(ids, text_format("%s-%s", page->chats[i].id, page->chats[i].named.items[j]));
	for (size_t i = 0; i < ids->count; i++) {
		parameters[i] = db_text(ids->items[i]);
		str_add_format(list, "%s$%zu", i ? ", " : "", i + 1);
	}
	return ids->count;
}

static fallible find_named(struct page *page, struct db *db)
{
	struct db_value parameters[PAGE * 3];
	struct found best[PAGE] = {0};
	AUTO(strings) struct strings ids = {0};
	AUTO(str) struct str list = {0};
	size_t count = wanted(page, &ids, parameters, &list);
	if (!count)
		return NULL;
	AUTO(memory) char *sql = text_format("select chat_id, id from chat_message where id in (%s)", str_text(&list));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		take_better(page, best, db_cell_text(rows, 0), db_cell_text(rows, 1));
	for (size_t i = 0; i < page->count; i++)
		if (best[i].chat)
			page->chats[i].current = text_copy(page->chats[i].named.items[best[i].place]);
	return error;
}

/* ---- the newest leaf of its messages ---- */

static size_t unresolved(const struct page *page, struct db_value *parameters, struct str *list)
{
	size_t count = 0;
	for (size_t i = 0; i < page->count; i++) {
		if (page->chats[i].current)
			continue;
		parameters[count++] = db_text(page->chats[i].id);
		str_add_format(list, "%s$%zu", count > 1 ? ", " : "", count);
	}
	return count;
}

static void add_row(struct page *page, struct messages *messages, const struct db_rows *row)
{
	const struct chat *chat = find(page, db_cell_text(row, 0));
	const char *parent = db_cell_text(row, 2);
	if (chat && db_cell_text(row, 1))
		messages_add(&messages[chat - page->chats], chat_message_id(chat, db_cell_text(row, 1)),
			     parent ? chat_message_id(chat, parent) : NULL, (double)db_cell_integer(row, 3));
}

static fallible find_leaves(struct page *page, struct db *db)
{
	struct db_value parameters[PAGE];
	struct messages messages[PAGE] = {0};
	AUTO(str) struct str list = {0};
	size_t count = unresolved(page, parameters, &list);
	if (!count)
		return NULL;
	AUTO(memory) char *sql = text_format("select chat_id, id, parent_id, created_at from chat_message"
					     " where chat_id in (%s) order by chat_id, id",
					     str_text(&list));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		add_row(page, messages, rows);
	for (size_t i = 0; i < page->count; i++) {
		if (!page->chats[i].current)
			page->chats[i].current = text_copy(messages_leaf(&messages[i]));
		messages_cleanup(&messages[i]);
	}
	return error;
}

/* ---- chats without rows in chat_message ---- */

static const char *named_among(const struct chat *chat, const struct messages *messages)
{
	for (size_t i = 0; i < chat->named.count; i++)
		for (size_t j = 0; j < messages->count; j++)
			if (text_equal(chat->named.items[i], messages_id(messages, j)))
				return chat->named.items[i];
	return messages_leaf(messages);
}

static fallible find_in_json(struct chat *chat, struct db *db)
{
	AUTO(messages) struct messages messages = {0};
	AUTO(str) struct str text = {0};
	TRY(db_read_large(db, "chat", "id", chat->id, "chat", &text));
	chat_read_messages(str_text(&text), text.size, &messages);
	chat->current = text_copy(named_among(chat, &messages));
	return NULL;
}

/* ---- */

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
	TRY(find_named(page, db));
	TRY(find_leaves(page, db));
	for (size_t i = 0; i < page->count; i++)
		if (!page->chats[i].current)
			TRY(find_in_json(&page->chats[i], db));
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

/* Those whose text can't come with the row. */
static fallible read_large(struct page *page, struct db *db, const struct strings *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		AUTO(str) struct str text = {0};
		TRY(db_read_large(db, "chat", "id", ids->items[i], "chat", &text));
		chat_read_named(find(page, ids->items[i]), str_text(&text), text.size);
	}
	return NULL;
}

static fallible read_chats(struct page *page, struct db *db, const char *const *ids, size_t count)
{
	struct db_value parameters[PAGE];
	AUTO(str) struct str sql = {0};
	AUTO(strings) struct strings large = {0};
	AUTO(memory) char *is_large = db_is_large(db, "chat");
	AUTO(db_rows) struct db_rows *rows = NULL;
	str_add_format(&sql, "select id, case when %s then null else chat end, %s from chat where id in (", is_large,
		       is_large);
	for (size_t i = 0; i < count; i++) {
		parameters[i] = db_text(ids[i]);
		str_add_format(&sql, "%s$%zu", i ? ", " : "", i + 1);
	}
	str_add(&sql, ")");
	TRY(db_query(db, str_text(&sql), parameters, count, &rows));
	struct error *error = NULL;
	while (!error && db_row(rows, &error)) {
		error = read_chat(page, rows);
		if (db_cell_integer(rows, 2))
			strings_add(&large, db_cell_text(rows, 0));
	}
	return error ? error : read_large(page, db, &large);
}

fallible current_find_of(struct db *db, const struct strings *chats)
{
	struct page page = {.also = ""};
	struct error *error = NULL;
	for (size_t start = 0; !error && start < chats->count; start += PAGE) {
		size_t count = chats->count - start < PAGE ? chats->count - start : PAGE;
		error = read_chats(&page, db, (const char *const *)chats->items + start, count);
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
