/* A chat's tags, a row each, become a list in its meta; "pinned" becomes a column. The ids of the tags themselves are
 * made by the revision after this one: while the id alone is the key, only one account could keep a name. */
#include <string.h>

#include "base/json_tree.h"
#include "base/memory.h"
#include "migrate/changes.h"
#include "migrate/chain/code.h"
#include "migrate/python.h"
#include "migrate/scratch.h"
#include "tag.h"

#define PAGE 100
#define PINNED "pinned"
#define OF_CHAT "from chatidtag t where t.chat_id = chat.id"

char *tag_id(const char *name)
{
	AUTO(str) struct str id = {0};
	AUTO(memory) char *text = text_copy(name);
	for (char *c = text; *c; c++)
		if (*c == ' ')
			*c = '_';
	python_add_lower(&id, text);
	return str_take(&id);
}

static void collect(struct strings *ids, const struct json_node *names)
{
	for (const struct json_node *node = names ? names->first : NULL; node; node = node->next) {
		AUTO(str) struct str name = {0};
		if (!json_tree_string(node, &name))
			continue;
		AUTO(memory) char *id = tag_id(str_text(&name));
		if (strcmp(id, PINNED) != 0 && !strings_have(ids, id))
			strings_add(ids, id);
	}
}

static fallible read_chat(void *state, const struct db_rows *row)
{
	AUTO(json_tree) struct json_tree names = {0};
	AUTO(strings) struct strings ids = {0};
	AUTO(str) struct str meta = {0};
	TRY(json_tree_parse(&names, db_cell(row, 1).text, db_cell(row, 1).size));
	collect(&ids, names.root);
	str_add(&meta, ids.count ? "{\"tags\": [" : "{");
	for (size_t i = 0; i < ids.count; i++) {
		str_add(&meta, i ? ", " : "");
		json_add_string(&meta, ids.items[i], strlen(ids.items[i]));
	}
	str_add(&meta, ids.count ? "]}" : "}");
	changes_add(state, db_cell_text(row, 0), str_text(&meta));
	return NULL;
}

/* While a chat's tags are looked for. */
#define INDEX "owctl_chatidtag_chat_id"

/* SQLite makes the table of tags anew. */
static fallible change_tables(struct db *db)
{
	TRY(scratch_make(db, "tag", "_alembic_tmp_tag", NULL, "CONSTRAINT uq_id_user_id UNIQUE (id, user_id)",
			 "ALTER TABLE _alembic_tmp_tag DROP COLUMN data;"
			 " ALTER TABLE _alembic_tmp_tag ADD COLUMN meta JSON"));
	TRY(scratch_fill(db, "tag", "_alembic_tmp_tag", NULL));
	TRY(scratch_swap(db, "tag", "_alembic_tmp_tag"));
	return db_script(db, "ALTER TABLE chat ADD COLUMN pinned BOOLEAN;"
			     " ALTER TABLE chat ADD COLUMN meta JSON NOT NULL DEFAULT '{}'");
}

static fallible sql_is_done(struct db *db, bool *done)
{
	*done = !db_can(db, DB_CAN_ALTER_TABLES);
	return NULL;
}

static fallible run(struct work *work)
{
	const char *ascii = db_pick(work->db, "", " collate \"C\"");
	AUTO(memory)
	char *pinned = text_format(", pinned = exists (select 1 " OF_CHAT " and lower(t.tag_name%s) = '" PINNED "')",
				   ascii);
	AUTO(memory) char *delete = text_format("delete from tag where lower(name%s) = '" PINNED "'", ascii);
	AUTO(memory)
	char *names = text_format("(select %s(t.tag_name) " OF_CHAT ")",
				  db_pick(work->db, "json_group_array", "json_agg"));
	AUTO(changes)
	struct changes changes = {.table = "chat", .column = "meta", .type = "json", .also = pinned};
	if (!work->pass && !db_can(work->db, DB_CAN_ALTER_TABLES))
		TRY(change_tables(work->db));
	TRY(db_script(work->db, "CREATE INDEX IF NOT EXISTS " INDEX " ON chatidtag (chat_id)"));
	TRY(work_pass(work, &(struct pass){.table = "chat",
					   .columns = names,
					   .where = "exists (select 1 " OF_CHAT ")",
					   .page = PAGE,
					   .read = read_chat,
					   .write = changes_write_page,
					   .state = &changes}));
	TRY(db_run(work->db, delete, NULL, 0, NULL));
	return db_script(work->db, "DROP INDEX " INDEX);
}

const struct chain_code chain_code_1af9b942657b = {.sql_is_done = sql_is_done, .run = run};
