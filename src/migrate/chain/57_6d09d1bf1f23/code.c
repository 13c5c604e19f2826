/* An object that was encoded twice is a string that holds it. */
#include "base/json_tree.h"
#include "base/memory.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"

#define PAGE 500

static fallible read_user(void *state, const struct db_rows *row)
{
	AUTO(json_tree) struct json_tree outer = {0}, inner = {0};
	AUTO(str) struct str text = {0}, decoded = {0};
	struct db_value oauth = db_cell(row, 1);
	if (oauth.type != DB_TEXT)
		return NULL;
	struct error *error = json_tree_parse(&outer, oauth.text, oauth.size);
	if (!error && json_tree_string(outer.root, &text))
		error = json_tree_parse(&inner, str_text(&text), text.size);
	error_ignore(error); /* what is no JSON is left alone */
	if (!json_tree_is(inner.root, JSON_KIND_OBJECT))
		return NULL;
	json_tree_write(inner.root, &decoded);
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
