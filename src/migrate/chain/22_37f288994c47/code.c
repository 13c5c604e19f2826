/* Lists of members. One that was encoded twice is a string that holds it; what is no list has none. */
#include <string.h>

#include "base/embed.h"
#include "base/json_tree.h"
#include "base/log.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/told.h"

#define PAGE 100

EMBED_FILE(chain_37f288994c47_after, "src/migrate/chain/22_37f288994c47/after.sql");

static const char *const columns[] = {"id", "group_id", "user_id", "created_at"};

struct page {
	struct batch members;
	int64_t now;
};

static const struct json_node *list_of(struct json_tree *tree, struct json_tree *inner, struct db_value cell)
{
	AUTO(str) struct str text = {0};
	struct error *error = db_is_text(cell) ? json_tree_parse(tree, cell.text, cell.size) : NULL;
	if (!error && json_tree_string(tree->root, &text))
		error = json_tree_parse(inner, str_text(&text), text.size);
	error_ignore(error);
	const struct json_node *list = inner->root ? inner->root : tree->root;
	return json_tree_is(list, JSON_KIND_ARRAY) ? list : NULL;
}

static void add_member(struct page *page, const char *group, const char *user)
{
	char id[UUID_TEXT_SIZE];
	random_uuid(id);
	const struct db_value values[] = {db_text(id), db_text(group), db_text(user), db_integer(page->now)};
	batch_add(&page->members, values);
}

/* Each once, however often the list has it, and however long it is. */
static fallible read_group(void *state, const struct db_rows *row)
{
	AUTO(json_tree) struct json_tree tree = {0}, inner = {0};
	AUTO(strings) struct strings users = {0};
	const struct json_node *list = list_of(&tree, &inner, db_cell(row, 1));
	for (const struct json_node *node = list ? list->first : NULL; node; node = node->next) {
		struct str user = {0};
		if (json_tree_string(node, &user))
			strings_add_str(&users, &user);
		else
			str_cleanup(&user);
	}
	strings_sort(&users);
	for (size_t i = 0; i < users.count; i++)
		if (!i || strcmp(users.items[i], users.items[i - 1]) != 0)
			add_member(state, db_cell_text(row, 0), users.items[i]);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->members, work->db);
}

static fallible tell_unknown(struct db *db)
{
	size_t told = 0;
	struct error *error;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db,
		     "select m.user_id, g.name, g.id from owctl_group_member m join \"group\" g on g.id = m.group_id"
		     " where not exists (select 1 from \"user\" u where u.id = m.user_id) order by g.id, m.user_id",
		     NULL, 0, &rows));
	while (db_row(rows, &error))
		told_warn(&told, "the member %s of the group \"%s\" (%s) is no user, and is left out",
			  db_cell_text(rows, 0), db_cell_text(rows, 1), db_cell_text(rows, 2));
	if (told_leaves_out(told))
		log_warning("in all %zu members of groups are no users; -v names each", told);
	return error;
}

static fallible run(struct work *work)
{
	struct page page = {{.table = "owctl_group_member", .columns = columns, .width = COUNT(columns)}, work->now};
	TRY(work_begin_anew(work, "DELETE FROM owctl_group_member"));
	struct error *error = work_pass(work, &(struct pass){.table = "group",
							     .columns = "user_ids",
							     .where = "user_ids is not null",
							     .page = PAGE,
							     .read = read_group,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.members);
	return error ? error : tell_unknown(work->db);
}

static const struct chain_touch touches[] = {
	{"group", EFFECT_READS, NULL},
	{"group_member", EFFECT_FILLS, "group"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_37f288994c47 = {
	.run = run,
	.takes_begun = true,
	.after_sqlite = chain_37f288994c47_after, .after_postgresql = chain_37f288994c47_after,
	.touches = touches};
