/* A shared chat stood in the chat table as a copy whose owner was "shared-" and the id of the chat that it was made
 * of. */
#include "base/memory.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/own.h"

#define PAGE 500

/* "shared-" in small letters: LIKE on SQLite takes any. substr and length count characters alike. */
#define COPIES "user_id like 'shared-%'"
#define IS_SHARED "s." COPIES
#define MESSAGES_OF_COPIES "chat_id in (select s.id from chat s where " IS_SHARED ")"
#define ORIGINAL "o.id = substr(s.user_id, 8) and substr(s.user_id, 1, 7) = 'shared-'"

static const char *const columns[] = {"id",	      "resource_type", "resource_id", "principal_type",
				      "principal_id", "permission",    "created_at"};

struct page {
	struct batch grants;
	int64_t now;
};

static fallible find_shares_of_nobody(struct blockers *blockers)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(blockers->installation->db,
		     "select o.id, s.id from chat s join chat o on " ORIGINAL " where " IS_SHARED
		     " and o.user_id is null order by o.id",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers, "give the chat an owner, or delete its shared copy",
			     "the chat %s is shared (as %s) and nobody's", db_cell_text(rows, 0),
			     db_cell_text(rows, 1));
	return error;
}

static fallible find_blockers(struct blockers *blockers)
{
	TRY(find_shares_of_nobody(blockers));
	TRY(own_find_references(blockers, "chat", COPIES));
	return own_find_references(blockers, "chat_message", MESSAGES_OF_COPIES);
}

static fallible copy_chats(struct db *db)
{
	AUTO(memory) char *sql = text_format(
		"insert into shared_chat (id, chat_id, user_id, title, chat, created_at, updated_at)"
		" select s.id, o.id, o.user_id, s.title, coalesce(s.chat, %s), s.created_at, s.updated_at"
		" from chat s join chat o on %s where %s",
		db_pick(db, "'null'", "'null'::json"), ORIGINAL, IS_SHARED);
	return db_run(db, sql, NULL, 0, NULL);
}

static fallible read_shared(void *state, const struct db_rows *row)
{
	struct page *page = state;
	char id[UUID_TEXT_SIZE];
	int64_t created_at = db_cell_integer(row, 1);
	random_uuid(id);
	const struct db_value values[] = {db_text(id),	db_text("shared_chat"), db_text(db_cell_text(row, 0)),
					  db_text("user"), db_text("*"),	     db_text("read"),
					  db_integer(created_at ? created_at : page->now)};
	batch_add(&page->grants, values);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->grants, work->db);
}

/* One for each chat, however often it was shared: of the time of the first copy. */
static fallible make_grants(struct work *work)
{
	struct page page = {{.table = "access_grant", .columns = columns, .width = COUNT(columns)}, work->now};
	struct error *error = work_pass(
		work,
		&(struct pass){.table = "chat",
			       .columns = "(select min(c.created_at) from shared_chat c where c.chat_id = chat.id)",
			       .where = "exists (select 1 from shared_chat c where c.chat_id = chat.id)",
			       .page = PAGE,
			       .read = read_shared,
			       .write = write_page,
			       .state = &page});
	batch_cleanup(&page.grants);
	return error;
}

static fallible remove_copies(struct db *db)
{
	TRY(db_run(db, "delete from chat_message where " MESSAGES_OF_COPIES, NULL, 0, NULL));
	TRY(db_run(db, "delete from chat where " COPIES, NULL, 0, NULL));
	int64_t left;
	TRY(db_single_integer(db, "select count(*) from chat where " COPIES, NULL, 0, &left));
	if (!left)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the table \"chat\" keeps %lld rows that were to be removed",
				    (long long)left),
			  "%s", swallowed_hint);
}

static fallible run(struct work *work)
{
	TRY(work_begin_anew(work, "DELETE FROM shared_chat; DELETE FROM access_grant WHERE resource_type = "
				  "'shared_chat'"));
	TRY(copy_chats(work->db));
	TRY(make_grants(work));
	return remove_copies(work->db);
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS, NULL},
	{"shared_chat", EFFECT_FILLS, NULL},
	{"access_grant", EFFECT_FILLS, NULL},
	{"chat_message", EFFECT_READS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_c1d2e3f4a5b6 = {.find_blockers = find_blockers, .run = run, .touches = touches};
