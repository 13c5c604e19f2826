/* What a model is becomes its first version, without what is no part of it. */
#include "migrate/chain/code.h"
#include "migrate/history.h"
#include "migrate/snapshot.h"

enum { NAME = HISTORY_FIRST, BASE, PARAMS, META };

static fallible snapshot(const struct db_rows *row, struct str *json)
{
	AUTO(json_tree) struct json_tree params = {0}, meta = {0};
	TRY(error_wrap(snapshot_read_any(&params, db_cell(row, PARAMS)), "params"));
	TRY(error_wrap(snapshot_read_object(&meta, db_cell(row, META)), "meta"));
	json_tree_remove(meta.root, "hidden");
	json_tree_remove(meta.root, "chat_variables_schema");
	str_add(json, "{");
	snapshot_add_text(json, "name", db_cell_text(row, NAME));
	snapshot_add_text(json, "base_model_id", db_cell_text(row, BASE));
	snapshot_add_node(json, "params", params.root);
	snapshot_add_node(json, "meta", meta.root);
	str_add(json, "}");
	return NULL;
}

static const struct history history = {
	.table = "model", .columns = "name, base_model_id, params, meta", .snapshot = snapshot};

static fallible find_blockers(struct blockers *blockers)
{
	return history_find_blockers(blockers, &history);
}

static fallible run(struct work *work)
{
	return history_begin(work, &history);
}

static const struct chain_touch touches[] = {
	{"model", EFFECT_READS | EFFECT_WRITES, NULL},
	{"model_history", EFFECT_FILLS, "model"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_e7b9d4a023bc = {.find_blockers = find_blockers, .run = run, .touches = touches};
