/* Timers that are pending have their time in the chat's meta, as a number or as a text. */
#include <math.h>
#include <string.h>

#include "base/json_tree.h"
#include "base/log.h"
#include "base/memory.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"
#include "migrate/python.h"

#define PAGE 1000

static bool says(const struct json_node *meta, const char *key, const char *word)
{
	AUTO(str) struct str text = {0};
	return json_tree_string(json_tree_find(meta, key), &text) && text_equal(str_text(&text), word);
}

static bool read_time(const struct json_node *node, int64_t *time)
{
	AUTO(str) struct str text = {0};
	double real;
	if (json_tree_string(node, &text))
		return strlen(str_text(&text)) == text.size && python_int(str_text(&text), time);
	if (json_tree_is(node, JSON_KIND_TRUE) || json_tree_is(node, JSON_KIND_FALSE))
		return *time = json_tree_is(node, JSON_KIND_TRUE), true;
	if (!json_tree_is(node, JSON_KIND_NUMBER))
		return false;
	str_add_n(&text, node->text, node->size);
	if (python_int(str_text(&text), time))
		return true;
	bool fits = python_float(str_text(&text), &real) && fabs(real) < 9.2e18;
	*time = fits ? (int64_t)real : 0;
	return fits;
}

static fallible read_chat(void *state, const struct db_rows *row)
{
	AUTO(json_tree) struct json_tree meta = {0};
	int64_t time;
	struct error *error = json_tree_parse(&meta, db_cell(row, 1).text, db_cell(row, 1).size);
	error_ignore(error); /* no timer is in what is no JSON */
	if (!says(meta.root, "type", "timer") || !says(meta.root, "status", "pending"))
		return NULL;
	if (read_time(json_tree_find(meta.root, "timer_at"), &time)) {
		AUTO(memory) char *number = text_format("%lld", (long long)time);
		changes_add(state, db_cell_text(row, 0), number);
	} else {
		log_warning("the timer of chat %s has no time that can be read; it will not go off",
			    db_cell_text(row, 0));
	}
	return NULL;
}

static fallible run(struct work *work)
{
	AUTO(changes) struct changes changes = {.table = "chat", .column = "timer_at", .type = "bigint"};
	return work_pass(work, &(struct pass){.table = "chat",
					      .columns = "cast(meta as text)",
					      .where = "cast(meta as text) not in ('', '{}')",
					      .page = PAGE,
					      .read = read_chat,
					      .write = changes_write_page,
					      .state = &changes});
}

static fallible redo(struct work *work)
{
	TRY(work_run_only(work, "update chat set timer_at = null where id in "));
	return run(work);
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_d4c1a8e37b62 = {
	.run = run, .watched = "meta", .redo = redo, .touches = touches};
