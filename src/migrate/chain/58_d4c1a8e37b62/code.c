/* Timers that are pending have their time in the chat's meta, as a number or as a text. */
#include <math.h>
#include <string.h>

#include "base/json_tree.h"
#include "base/memory.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"
#include "migrate/kept.h"
#include "migrate/python.h"

#define PAGE 1000

struct page {
	struct changes changes;
	struct kept kept;
};

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

/* It stays in the meta as well; the table of what is kept names all of these chats. */
static void keep(struct kept *kept, const char *chat, const struct json_node *time)
{
	AUTO(str) struct str json = {0};
	if (time)
		json_tree_write(time, &json);
	kept_add(kept, chat, time ? db_text_n(str_text(&json), json.size) : db_null());
}

static fallible read_chat(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(json_tree) struct json_tree meta = {0};
	int64_t time;
	struct error *error = json_tree_parse(&meta, db_cell(row, 1).text, db_cell(row, 1).size);
	error_ignore(error); /* no timer is in what is no JSON */
	if (!says(meta.root, "type", "timer") || !says(meta.root, "status", "pending"))
		return NULL;
	const struct json_node *node = json_tree_find(meta.root, "timer_at");
	if (read_time(node, &time)) {
		AUTO(memory) char *number = text_format("%lld", (long long)time);
		changes_add(&page->changes, db_cell_text(row, 0), number);
	} else {
		keep(&page->kept, db_cell_text(row, 0), node);
	}
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	TRY(kept_write(&page->kept, work));
	return changes_write(&page->changes, work->db);
}

static fallible run(struct work *work)
{
	struct page page = {
		.changes = {.table = "chat", .column = "timer_at", .type = "bigint"},
		.kept = {.table = "chat", .column = "timer_at", .what = "can't be read; its timer will not go off"}};
	struct error *error = work_pass(work, &(struct pass){.table = "chat",
							     .columns = "cast(meta as text)",
							     .where = "cast(meta as text) not in ('', '{}')",
							     .page = PAGE,
							     .read = read_chat,
							     .write = write_page,
							     .state = &page});
	changes_cleanup(&page.changes);
	kept_cleanup(&page.kept);
	return error;
}

static fallible redo(struct work *work)
{
	TRY(work_run_only(work, "update chat set timer_at = null where id in "));
	TRY(kept_forget(work, "chat", "timer_at"));
	return run(work);
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_d4c1a8e37b62 = {
	.run = run, .watched = "meta", .redo = redo, .touches = touches};
