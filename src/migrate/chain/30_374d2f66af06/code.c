/* Every prompt gets an id, and what it is becomes its first version. */
#include "base/embed.h"
#include "base/memory.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/snapshot.h"

#define PAGE 100

EMBED_FILE(chain_374d2f66af06_after, "src/migrate/chain/30_374d2f66af06/after.sql");

static const char *const prompt_columns[] = {"id",   "command",    "user_id", "name",       "content",   "data",
					     "meta", "is_active",  "tags",    "version_id", "created_at", "updated_at",
					     "access_control"};
static const char *const history_columns[] = {"id", "prompt_id", "snapshot", "user_id", "created_at"};

struct page {
	struct batch prompts, versions;
};

enum { COMMAND, USER, TITLE, CONTENT, TIME, ACCESS };
#define COLUMNS "user_id, title, content, \"timestamp\", access_control"

static const char *without_slash(const char *command)
{
	return *command == '/' ? command + 1 : command;
}

static fallible find_blockers(struct blockers *blockers)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(
		blockers->installation->db,
		"select command, case when user_id is null or title is null or content is null or \"timestamp\" is null"
		" then 1 else 0 end from prompt p where user_id is null or title is null or content is null"
		" or \"timestamp\" is null or exists (select 1 from prompt q where q.command = '/' || p.command)"
		" order by command",
		NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		const char *command = db_cell_text(rows, 0);
		if (db_cell_integer(rows, 1))
			blockers_add(blockers, "fill in what is missing, or delete the prompt",
				     "the prompt %s has no owner, title, content or time", command);
		else
			blockers_add(blockers, "rename one of the two prompts",
				     "the prompts %s and /%s would have the same name", command, command);
	}
	return error;
}

static fallible add_snapshot(const struct db_rows *row, const char *command, struct str *json)
{
	AUTO(json_tree) struct json_tree access = {0};
	struct db_value cell = db_cell(row, ACCESS);
	str_add(json, "{");
	snapshot_add_text(json, "name", db_cell_text(row, TITLE));
	snapshot_add_text(json, "content", db_cell_text(row, CONTENT));
	snapshot_add_text(json, "command", command);
	str_add(json, ", \"data\": {}, \"meta\": {}");
	TRY(json_tree_parse(&access, db_is_text(cell) ? cell.text : "null", db_is_text(cell) ? cell.size : 4));
	snapshot_add_node(json, "access_control", access.root);
	str_add(json, "}");
	return NULL;
}

static fallible read_prompt(void *state, const struct db_rows *row)
{
	struct page *page = state;
	char id[UUID_TEXT_SIZE], version[UUID_TEXT_SIZE];
	AUTO(str) struct str snapshot = {0};
	AUTO(memory) char *command = text_copy(without_slash(db_cell_text(row, COMMAND)));
	TRY(error_wrap(add_snapshot(row, command, &snapshot), "access_control of prompt %s", command));
	random_uuid(id);
	random_uuid(version);
	struct db_value time = db_integer(db_cell_integer(row, TIME)), access = db_cell(row, ACCESS);
	const struct db_value prompt[] = {db_text(id),
					  db_text(command),
					  db_text(db_cell_text(row, USER)),
					  db_text(db_cell_text(row, TITLE)),
					  db_text(db_cell_text(row, CONTENT)),
					  db_text("{}"),
					  db_text("{}"),
					  db_boolean(true),
					  db_text("[]"),
					  db_text(version),
					  time,
					  time,
					  db_is_text(access) ? db_text_n(access.text, access.size) : db_text("null")};
	const struct db_value history[] = {db_text(version), db_text(id), db_text_n(snapshot.data, snapshot.size),
					   db_text(db_cell_text(row, USER)), time};
	batch_add(&page->prompts, prompt);
	batch_add(&page->versions, history);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	TRY(batch_load(&page->prompts, work->db));
	return batch_load(&page->versions, work->db);
}

static fallible run(struct work *work)
{
	struct page page = {
		{.table = "prompt_new", .columns = prompt_columns, .width = COUNT(prompt_columns)},
		{.table = "prompt_history", .columns = history_columns, .width = COUNT(history_columns)},
	};
	TRY(work_begin_anew(work, "DELETE FROM prompt_new; DELETE FROM prompt_history"));
	struct error *error = work_pass(work, &(struct pass){.table = "prompt",
							     .key = "command",
							     .columns = COLUMNS,
							     .page = PAGE,
							     .read = read_prompt,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.prompts);
	batch_cleanup(&page.versions);
	return error;
}

static const struct chain_touch touches[] = {
	{"prompt", EFFECT_READS, NULL},
	{"prompt_history", EFFECT_FILLS, "prompt"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_374d2f66af06 = {.find_blockers = find_blockers,
						   .run = run,
						   .after_sqlite = chain_374d2f66af06_after,
						   .after_postgresql = chain_374d2f66af06_after,
						   .touches = touches};
