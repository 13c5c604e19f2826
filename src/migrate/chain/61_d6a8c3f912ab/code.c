/* A skill's text becomes its only file, and that its first version. */
#include "migrate/chain/code.h"
#include "migrate/changes.h"
#include "migrate/history.h"
#include "migrate/snapshot.h"

#define PAGE 50

enum { NAME = HISTORY_FIRST, DESCRIPTION, META, CONTENT };

static void add_files(struct str *json, const char *content)
{
	str_add(json, "{\"files\": [{\"path\": \"SKILL.md\", \"content\": ");
	if (content)
		json_add_string(json, content, strlen(content));
	else
		str_add(json, "null");
	str_add(json, "}]}");
}

static fallible snapshot(const struct db_rows *row, struct str *json)
{
	AUTO(json_tree) struct json_tree meta = {0};
	TRY(snapshot_read(&meta, db_cell(row, META)));
	str_add(json, "{");
	snapshot_add_text(json, "name", db_cell_text(row, NAME));
	snapshot_add_text(json, "description", db_cell_text(row, DESCRIPTION));
	snapshot_add_node(json, "meta", meta.root);
	snapshot_add_text(json, "content", db_cell_text(row, CONTENT));
	str_add(json, ", \"data\": ");
	add_files(json, db_cell_text(row, CONTENT));
	str_add(json, "}");
	return NULL;
}

static const struct history history = {
	.table = "skill", .columns = "name, description, meta, content", .snapshot = snapshot};

static fallible find_blockers(struct blockers *blockers)
{
	return history_find_blockers(blockers, &history);
}

static fallible read_skill(void *state, const struct db_rows *row)
{
	AUTO(str) struct str data = {0};
	add_files(&data, db_cell_text(row, 1));
	changes_add(state, db_cell_text(row, 0), str_text(&data));
	return NULL;
}

static fallible run(struct work *work)
{
	AUTO(changes) struct changes changes = {.table = "skill", .column = "data", .type = "json"};
	TRY(history_begin(work, &history));
	return work_pass(work, &(struct pass){.table = "skill",
					      .columns = "content",
					      .page = PAGE,
					      .read = read_skill,
					      .write = changes_write_page,
					      .state = &changes});
}

static const struct chain_touch touches[] = {
	{"skill", EFFECT_READS | EFFECT_WRITES, NULL},
	{"skill_history", EFFECT_FILLS, "skill"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_d6a8c3f912ab = {.find_blockers = find_blockers, .run = run, .touches = touches};
