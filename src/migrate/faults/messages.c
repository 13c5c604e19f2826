/* Messages of chats that have no row in chat_message, by the rules of the revision that made the rows: it was killed on
 * SQLite after some pages, or the chats came to their conversations later. Rows that are there stay as they are. */
#include "base/clock.h"
#include "base/memory.h"
#include "migrate/chain/31_8452d01d26d7/message.h"
#include "migrate/chain/50_9a1b2c3d4e5f/current.h"
#include "migrate/faults/kinds.h"

#define ASKED 500 /* ids in one statement */

struct page {
	struct message_page chats;
	int64_t missing;
	bool current; /* chats have the id of their current message */
};

/* ---- which of them have a row ---- */

static fallible ask(struct page *page, size_t start, size_t end, struct strings *ids)
{
	struct db_value parameters[ASKED];
	AUTO(str) struct str sql = {0};
	str_add(&sql, "select id from chat_message where id in (");
	for (size_t row = start; row < end; row++) {
		parameters[row - start] = db_text(batch_text(&page->chats.messages, row, MESSAGE_ID));
		str_add_format(&sql, "%s$%zu", row > start ? ", " : "", row - start + 1);
	}
	str_add(&sql, ")");
	return db_texts(page->chats.db, str_text(&sql), parameters, end - start, ids);
}

static bool has_no_row(void *state, const struct batch *messages, size_t row)
{
	return !strings_have_sorted(state, batch_text(messages, row, MESSAGE_ID));
}

static fallible keep_missing(struct page *page)
{
	AUTO(strings) struct strings ids = {0};
	size_t count = page->chats.messages.count / page->chats.messages.width;
	for (size_t start = 0; start < count; start += ASKED)
		TRY(ask(page, start, count - start < ASKED ? count : start + ASKED, &ids));
	strings_sort(&ids);
	batch_keep(&page->chats.messages, has_no_row, &ids);
	page->missing += (int64_t)(page->chats.messages.count / page->chats.messages.width);
	return NULL;
}

/* ---- pages ---- */

static fallible count_page(void *state, struct work *work)
{
	struct page *page = state;
	(void)work;
	TRY(keep_missing(page));
	batch_clear(&page->chats.messages);
	return NULL;
}

static void chats_of(const struct batch *messages, struct strings *chats)
{
	for (size_t row = 0; row * messages->width < messages->count; row++) {
		const char *id = batch_text(messages, row, MESSAGE_CHAT_ID);
		if (!chats->count || !text_equal(chats->items[chats->count - 1], id))
			strings_add(chats, id);
	}
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	AUTO(strings) struct strings chats = {0};
	TRY(keep_missing(page));
	chats_of(&page->chats.messages, &chats);
	TRY(batch_load(&page->chats.messages, work->db));
	batch_clear(&page->chats.messages);
	return page->current ? current_find_of(work->db, &chats) : NULL;
}

static fallible look_through(struct work *work, fallible (*write)(void *state, struct work *work), int64_t *missing)
{
	struct page page = {
		.chats = {.messages = {.table = "chat_message"}, .db = work->db, .now = clock_now()}};
	TRY(db_column_exists(work->db, "chat", "current_message_id", &page.current));
	struct error *error = message_pass(work, &page.chats, write);
	*missing = page.missing;
	return error;
}

static fallible find(struct faults *faults)
{
	int64_t missing;
	bool exists;
	struct run run = {.installation = faults->installation};
	struct work work = {.run = &run, .db = faults->installation->db, .whole = true};
	TRY(db_table_exists(work.db, "chat_message", &exists));
	if (!exists || !revision_reaches(faults->installation->revision, REVISION_8452d01d26d7))
		return NULL;
	TRY(look_through(&work, count_page, &missing));
	if (missing)
		faults_add(faults,
			   (struct fault_about){.mending = "they get their rows, and their chats their current message",
						.rows = missing},
			   "%lld messages of chats have no row in chat_message", (long long)missing);
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	int64_t missing;
	(void)fault;
	return look_through(work, write_page, &missing);
}

const struct fault_kind fault_messages = {
	.name = "messages",
	.summary = "messages of chats have no row in chat_message",
	.find = find,
	.mend = mend,
};
