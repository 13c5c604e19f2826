/* Pages of chats. Rows come in the order of the chats' ids, and so do the ids of the messages. */
#include <string.h>

#include "base/embed.h"
#include "base/memory.h"
#include "base/sorted.h"
#include "message.h"
#include "migrate/chain/code.h"

EMBED_FILE(chain_8452d01d26d7_after_sqlite, "src/migrate/chain/31_8452d01d26d7/after_sqlite.sql");
EMBED_FILE(chain_8452d01d26d7_after_postgresql, "src/migrate/chain/31_8452d01d26d7/after_postgresql.sql");

/* ---- ids of messages ---- */

/* The id of a message's row is the chat's, a dash and its own. Two chats can only make the same where one chat's id
 * is the beginning of the other's, which the ids that Open WebUI makes never are: they have 36 letters each. */
static fallible all_ids_are_alike(struct db *db, bool *alike)
{
	int64_t others;
	TRY(db_single_integer(db, "select count(*) from chat where length(id) <> 36", NULL, 0, &others));
	*alike = !others;
	return NULL;
}

static const char *id_of(const void *item)
{
	return *(const char *const *)item;
}

static bool is_there(const struct strings *ids, const char *id)
{
	size_t place = sorted_place(ids->items, ids->count, sizeof *ids->items, id_of, id);
	return place < ids->count && !strcmp(ids->items[place], id);
}

static void add_beginnings(struct blockers *blockers, const struct strings *ids, const char *id)
{
	for (const char *dash = strchr(id, '-'); dash; dash = strchr(dash + 1, '-')) {
		AUTO(memory) char *beginning = text_copy_n(id, (size_t)(dash - id));
		if (is_there(ids, beginning))
			blockers_add(blockers, "give one of the chats another id",
				     "messages of the chats %s and %s could get the same id", beginning, id);
	}
}

static fallible find_blockers(struct blockers *blockers)
{
	bool alike;
	AUTO(strings) struct strings ids = {0};
	TRY(all_ids_are_alike(blockers->installation->db, &alike));
	if (alike)
		return NULL;
	TRY(db_texts(blockers->installation->db, "select id from chat", NULL, 0, &ids));
	strings_sort(&ids);
	for (size_t i = 0; i < ids.count; i++)
		add_beginnings(blockers, &ids, ids.items[i]);
	return NULL;
}

/* ---- */

static fallible write_page(void *state, struct work *work)
{
	struct message_page *page = state;
	return batch_load(&page->messages, work->db);
}

static fallible run(struct work *work)
{
	struct message_page page = {
		.messages = {.table = "owctl_chat_message"}, .db = work->db, .now = work->now};
	return message_pass(work, &page, write_page);
}

static fallible redo(struct work *work)
{
	bool in_place;
	TRY(db_table_exists(work->db, "chat_message", &in_place));
	const char *table = in_place ? "chat_message" : "owctl_chat_message";
	struct message_page page = {.messages = {.table = table}, .db = work->db, .now = work->now};
	AUTO(memory) char *delete = text_format("delete from %s where chat_id in ", table);
	TRY(work_run_only(work, delete));
	return message_pass(work, &page, write_page);
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS, NULL},
	{"chat_message", EFFECT_FILLS, "chat"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_8452d01d26d7 = {.find_blockers = find_blockers,
						   .run = run,
						   .watched = "chat, user_id",
						   .redo = redo,
						   .after_sqlite = chain_8452d01d26d7_after_sqlite,
						   .after_postgresql = chain_8452d01d26d7_after_postgresql,
						   .touches = touches};
