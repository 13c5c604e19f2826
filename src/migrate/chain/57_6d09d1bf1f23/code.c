/* An object that was encoded twice is a string that holds it. */
#include "base/json_tree.h"
#include "base/memory.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"
#include "twice.h"

#define PAGE 500

enum twice twice_decode(struct db_value cell, struct str *decoded)
{
	AUTO(json_tree) struct json_tree outer = {0}, inner = {0};
	AUTO(str) struct str text = {0};
	struct error *error = db_is_text(cell) ? json_tree_parse(&outer, cell.text, cell.size) : NULL;
	bool is_string = !error && json_tree_string(outer.root, &text);
	if (is_string && text.size)
		error = json_tree_parse(&inner, str_text(&text), text.size);
	error_ignore(error); /* what is no JSON is left alone */
	if (json_tree_is(inner.root, JSON_KIND_OBJECT)) {
		json_tree_write(inner.root, decoded);
		return TWICE_OBJECT;
	}
	return is_string && (!text.size || json_tree_is(inner.root, JSON_KIND_NULL)) ? TWICE_NOTHING : TWICE_NOT;
}

static fallible read_user(void *state, const struct db_rows *row)
{
	AUTO(str) struct str decoded = {0};
	if (twice_decode(db_cell(row, 1), &decoded) == TWICE_OBJECT)
		changes_add(state, db_cell_text(row, 0), str_text(&decoded));
	return NULL;
}

static fallible run(struct work *work)
{
	AUTO(changes) struct changes changes = {.table = "user", .column = "oauth", .type = "json"};
	return work_pass(work, &(struct pass){.table = "user",
					      .columns = "oauth",
					      .where = "oauth is not null",
					      .page = PAGE,
					      .read = read_user,
					      .write = changes_write_page,
					      .state = &changes});
}

static const struct chain_touch touches[] = {
	{"user", EFFECT_READS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_6d09d1bf1f23 = {.run = run, .touches = touches};
