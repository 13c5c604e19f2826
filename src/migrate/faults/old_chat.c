/* 0.9.6 takes a database through 242a2047eae0 without copying a text: the conversations stay in chat.old_chat, and
 * chat.chat is NULL. A database that 0.9.6 has made has the column too, but nothing in it: that is no fault. */
#include "base/memory.h"
#include "migrate/chain/50_9a1b2c3d4e5f/current.h"
#include "migrate/changes.h"
#include "migrate/faults/kinds.h"
#include "migrate/fit.h"

#define PAGE 200
#define FULL (8 << 20) /* bytes of conversations */

struct page {
	struct changes changes;
	struct kept kept;
	struct db *db;
	size_t bytes;
	bool current; /* chats have the id of their current message */
};

static fallible find(struct faults *faults)
{
	struct db *db = faults->installation->db;
	bool left;
	int64_t held, lacking;
	TRY(db_column_exists(db, "chat", "old_chat", &left));
	if (!left || !revision_reaches(faults->installation->revision, REVISION_242a2047eae0))
		return NULL;
	TRY(db_single_integer(db, "select count(*) from chat where old_chat is not null", NULL, 0, &held));
	TRY(db_single_integer(db, "select count(*) from chat where old_chat is not null and chat is null", NULL, 0,
			      &lacking));
	if (held)
		faults_add(faults,
			   (struct fault_about){.mending = "chats without a conversation get it from there, messages "
							   "get their rows, and the column is dropped",
						.rows = held},
			   "the column chat.old_chat has %lld conversations, of which chat.chat lacks %lld",
			   (long long)held, (long long)lacking);
	return NULL;
}

/* What is no JSON becomes null, and is kept. The current message is that of a chat without rows in chat_message: the
 * others get it again with their rows. */
static fallible read_chat(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(str) struct str json = {0};
	struct db_value text = db_cell(row, 1);
	const char *id = db_cell_text(row, 0);
	fit_add_kept(&json, page->db, &page->kept, id, text, db_is_text(text));
	changes_add(&page->changes, id, str_text(&json));
	page->bytes += json.size;
	return NULL;
}

static bool is_full(const void *state)
{
	return ((const struct page *)state)->bytes > FULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	AUTO(strings) struct strings chats = {0};
	for (size_t i = 0; i < page->changes.ids.count; i++)
		strings_add(&chats, page->changes.ids.items[i]);
	page->bytes = 0;
	TRY(kept_write(&page->kept, work));
	TRY(changes_write(&page->changes, work->db));
	return page->current ? current_find_of(work->db, &chats) : NULL;
}

static fallible copy(struct work *work, struct page *page)
{
	return work_pass(work, &(struct pass){.table = "chat",
					      .large = "old_chat",
					      .where = "chat is null and old_chat is not null",
					      .page = PAGE,
					      .full = is_full,
					      .read = read_chat,
					      .write = write_page,
					      .state = page});
}

static fallible mend(struct work *work, const struct fault *fault)
{
	(void)fault;
	struct page page = {.changes = {.table = "chat", .column = "chat", .type = "json"},
			    .kept = {.table = "chat", .column = "old_chat"},
			    .db = work->db};
	TRY(db_column_exists(work->db, "chat", "current_message_id", &page.current));
	struct error *error = copy(work, &page);
	changes_cleanup(&page.changes);
	kept_cleanup(&page.kept);
	return error ? error : db_script(work->db, "ALTER TABLE chat DROP COLUMN old_chat");
}

const struct fault_kind fault_old_chat = {
	.name = "old-chat",
	.summary = "conversations are left in chat.old_chat, where 0.9.6 forgot them",
	.find = find,
	.mend = mend,
};
