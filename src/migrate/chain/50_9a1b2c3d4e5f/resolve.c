/* Which message is the current one of each chat of a page: looked up for all of them at once, where chat_message has
 * their messages and else in their JSON. */
#include "base/memory.h"
#include "page.h"

struct chat *page_find(struct page *page, const char *id)
{
	for (size_t i = 0; i < page->count; i++)
		if (text_equal(page->chats[i].id, id))
			return &page->chats[i];
	return NULL;
}

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

/* ---- JSON ---- */

static fallible read_large(struct page *page, struct db *db, const struct strings *ids, chat_reader *read)
{
	for (size_t i = 0; i < ids->count; i++) {
		AUTO(str) struct str text = {0};
		TRY(db_read_large(db, "chat", "id", ids->items[i], "chat", &text));
		read(page_find(page, ids->items[i]), str_text(&text), text.size);
	}
	return NULL;
}

static void read_row(struct page *page, const struct db_rows *row, chat_reader *read, struct strings *large)
{
	struct chat *chat = page_find(page, db_cell_text(row, 0));
	struct db_value text = db_cell(row, 1);
	if (chat && db_cell_integer(row, 2))
		strings_add(large, chat->id);
	else if (chat && db_is_text(text))
		read(chat, text.text, text.size);
}

fallible page_read_json(struct page *page, struct db *db, chat_reader *read)
{
	struct db_value parameters[PAGE];
	AUTO(str) struct str list = {0};
	AUTO(strings) struct strings large = {0};
	size_t count = unresolved(page, parameters, &list);
	if (!count)
		return NULL;
	AUTO(memory) char *is_large = db_is_large(db, "chat");
	AUTO(memory) char *sql = text_format("select id, case when %s then null else chat end, %s from chat"
					     " where id in (%s)",
					     is_large, is_large, str_text(&list));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		read_row(page, rows, read, &large);
	return error ? error : read_large(page, db, &large, read);
}

/* ---- what the JSON names, if there is such a message ---- */

struct found {
	struct chat *chat;
	size_t place; /* in its list: the lowest one counts */
};

static void take_better(struct page *page, struct found *best, const char *chat_id, const char *message_id)
{
	struct chat *chat = page_find(page, chat_id);
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

static void add_row(struct page *page, struct messages *messages, const struct db_rows *row)
{
	const struct chat *chat = page_find(page, db_cell_text(row, 0));
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

static void find_in_json(struct chat *chat, const char *text, size_t size)
{
	AUTO(messages) struct messages messages = {0};
	chat_read_messages(text, size, &messages);
	chat->current = text_copy(named_among(chat, &messages));
}

/* ---- */

fallible page_resolve(struct page *page, struct db *db)
{
	TRY(find_named(page, db));
	TRY(find_leaves(page, db));
	return page_read_json(page, db, find_in_json);
}
