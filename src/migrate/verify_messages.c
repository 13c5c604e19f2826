/* The messages that a chat's JSON holds against their rows in chat_message, by the rules of the revision that made the
 * rows (chain/31_8452d01d26d7), page by page; and the message that a chat names as its current one. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/sorted.h"
#include "migrate/chain/31_8452d01d26d7/message.h"
#include "migrate/verify_rows.h"
#include "migrate/work.h"

#define PAGE 500
#define FULL (8 << 20) /* bytes of messages */

enum { ID, USER, CHAT, CURRENT };

struct page {
	struct row_search *search;
	struct batch messages; /* the rows that there should be */
	struct strings chats;  /* whose rows are asked for */
	struct strings current; /* the ids of the rows that are named */
	int64_t now;
	struct tally missing, dangling;
};

/* The id that the message's row has; some wrote that one into the chat. */
static char *row_id(const char *chat, const char *message)
{
	size_t size = strlen(chat);
	bool whole = text_starts(message, chat) && message[size] == '-';
	return whole ? text_copy(message) : text_format("%s-%s", chat, message);
}

static fallible read_chat(void *state, const struct db_rows *row)
{
	struct page *page = state;
	struct db_value text = db_cell(row, CHAT);
	const char *id = db_cell_text(row, ID), *current = db_cell_text(row, CURRENT);
	strings_add(&page->chats, id);
	if (current && *current)
		strings_add_taken(&page->current, row_id(id, current));
	if (text.type == DB_TEXT)
		chat_row_add_messages(&page->messages,
				      &(struct chat_row){.id = id,
							 .user_id = db_cell_text(row, USER),
							 .text = text.text,
							 .size = text.size,
							 .now = page->now,
							 .takes_nul = db_can(page->search->db, DB_CAN_STORE_ANYTHING)});
	return NULL;
}

static bool is_full(const void *state)
{
	return ((const struct page *)state)->messages.bytes.size > FULL;
}

static const char *text_of(const void *item)
{
	return *(const char *const *)item;
}

static bool is_among(const struct strings *sorted, const char *text)
{
	size_t place = sorted_place(sorted->items, sorted->count, sizeof *sorted->items, text_of, text);
	return place < sorted->count && !strcmp(sorted->items[place], text);
}

/* The ids of the rows that the chats of the page have, in order. */
static fallible read_ids(struct page *page, struct strings *ids)
{
	struct db_value parameters[PAGE];
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	str_add(&sql, "select id from chat_message where chat_id in (");
	for (size_t i = 0; i < page->chats.count; i++) {
		parameters[i] = db_text(page->chats.items[i]);
		str_add_format(&sql, "%s$%zu", i ? ", " : "", i + 1);
	}
	str_add(&sql, ")");
	TRY(db_query(page->search->db, str_text(&sql), parameters, page->chats.count, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		if (db_cell_text(rows, 0))
			strings_add(ids, db_cell_text(rows, 0));
	strings_sort(ids);
	return error;
}

static size_t count_of(const struct batch *messages)
{
	return messages->count / messages->width;
}

static bool is_in_json(const struct page *page, const char *id)
{
	for (size_t row = 0; row < count_of(&page->messages); row++)
		if (!strcmp(batch_text(&page->messages, row, MESSAGE_ID), id))
			return true;
	return false;
}

static void compare(struct page *page, const struct strings *ids)
{
	const struct batch *messages = &page->messages;
	for (size_t row = 0; row < count_of(messages); row++)
		if (!is_among(ids, batch_text(messages, row, MESSAGE_ID)))
			tally_add(&page->missing, batch_text(messages, row, MESSAGE_ID));
	for (size_t i = 0; i < page->current.count; i++)
		if (!is_among(ids, page->current.items[i]) && !is_in_json(page, page->current.items[i]))
			tally_add(&page->dangling, page->current.items[i]);
}

static fallible end_page(void *state, struct work *work)
{
	struct page *page = state;
	AUTO(strings) struct strings ids = {0};
	(void)work;
	struct error *error = page->chats.count ? read_ids(page, &ids) : NULL;
	if (!error)
		compare(page, &ids);
	strings_cleanup(&page->chats);
	strings_cleanup(&page->current);
	batch_clear(&page->messages);
	return error;
}

static void report(struct page *page)
{
	tally_report(&page->missing, page->search->findings,
		     (struct finding){.name = "missing-message",
				      .place = text_copy("chat_message"),
				      .what = text_copy("messages of chats have no row there"),
				      .mend = text_copy("owctl migrate repair"),
				      .breaks = true});
	tally_report(&page->dangling, page->search->findings,
		     (struct finding){.name = "no-current-message",
				      .place = text_copy("chat.current_message_id"),
				      .what = text_copy("names messages that are not there"),
				      .mend = text_copy("update chat set current_message_id = NULL for these chats")});
}

/* It writes nothing, so no time is long enough to commit it. */
static fallible look_through(struct page *page)
{
	bool named = search_has(page->search, "chat.current_message_id");
	struct work work = {.installation = page->search->installation,
			    .db = page->search->db,
			    .revision = page->search->revision,
			    .commit_ms = INT64_MAX};
	return work_pass(&work, &(struct pass){.table = "chat",
					       .columns = named ? "user_id, chat, current_message_id"
								: "user_id, chat, null",
					       .where = "user_id not like 'shared-%'",
					       .page = PAGE,
					       .full = is_full,
					       .read = read_chat,
					       .write = end_page,
					       .state = page});
}

fallible search_messages(struct row_search *search)
{
	struct page page = {.search = search, .now = clock_now()};
	if (!revision_reaches(search->revision, REVISION_8452d01d26d7) || !search_has(search, "chat_message.chat_id") ||
	    !search_has(search, "chat.chat"))
		return NULL;
	page.messages = (struct batch){.table = "chat_message", .columns = message_columns, .width = MESSAGE_COLUMNS};
	struct error *error = look_through(&page);
	if (!error)
		report(&page);
	batch_cleanup(&page.messages);
	tally_cleanup(&page.missing);
	tally_cleanup(&page.dangling);
	return error;
}
