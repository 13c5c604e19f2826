/* Tools and functions get a first version: of their meta what describes them, not what is found out from the
 * content. */
#include "migrate/chain/code.h"
#include "migrate/history.h"
#include "migrate/snapshot.h"

enum { NAME = HISTORY_FIRST, CONTENT, META };

static fallible add(const struct db_rows *row, bool function, struct str *json)
{
	AUTO(json_tree) struct json_tree meta = {0};
	TRY(error_wrap(snapshot_read_object(&meta, db_cell(row, META)), "meta"));
	json_tree_remove(meta.root, "manifest");
	json_tree_remove(meta.root, "has_user_valves");
	if (function)
		json_tree_remove(meta.root, "toggle");
	if (!json_tree_find(meta.root, "description"))
		TRY(json_tree_set(&meta, meta.root, "description", "null"));
	if (snapshot_is_nothing(json_tree_find(meta.root, "i18n")))
		json_tree_remove(meta.root, "i18n");
	const char *content = db_cell_text(row, CONTENT);
	str_add(json, "{");
	snapshot_add_text(json, "name", db_cell_text(row, NAME));
	snapshot_add_text(json, "content", content ? content : "");
	snapshot_add_node(json, "meta", meta.root);
	str_add(json, "}");
	return NULL;
}

static fallible tool_snapshot(const struct db_rows *row, struct str *json)
{
	return add(row, false, json);
}

static fallible function_snapshot(const struct db_rows *row, struct str *json)
{
	return add(row, true, json);
}

static const struct history tools = {.table = "tool", .columns = "name, content, meta", .snapshot = tool_snapshot};
static const struct history functions = {
	.table = "function", .columns = "name, content, meta", .snapshot = function_snapshot};

static fallible find_blockers(struct blockers *blockers)
{
	TRY(history_find_blockers(blockers, &tools));
	return history_find_blockers(blockers, &functions);
}

static fallible run(struct work *work)
{
	TRY(history_begin(work, &tools));
	return history_begin(work, &functions);
}

static const struct chain_touch touches[] = {
	{"tool", EFFECT_READS | EFFECT_WRITES, NULL},
	{"tool_history", EFFECT_FILLS, "tool"},
	{"function", EFFECT_READS | EFFECT_WRITES, NULL},
	{"function_history", EFFECT_FILLS, "function"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_f8c0e5b134cd = {.find_blockers = find_blockers, .run = run, .touches = touches};
