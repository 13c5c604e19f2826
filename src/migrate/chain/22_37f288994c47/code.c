/* Lists of members. One that was encoded twice is a string that holds it; what is no list has none. */
#include "base/embed.h"
#include "base/json_tree.h"
#include "base/log.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"

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

/* Each once, however often the list has it. */
static fallible read_group(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(json_tree) struct json_tree tree = {0}, inner = {0};
	AUTO(strings) struct strings seen = {0};
	const struct json_node *list = list_of(&tree, &inner, db_cell(row, 1));
	for (const struct json_node *node = list ? list->first : NULL; node; node = node->next) {
		AUTO(str) struct str user = {0};
		char id[UUID_TEXT_SIZE];
		if (!json_tree_string(node, &user) || strings_have(&seen, str_text(&user)))
			continue;
		strings_add(&seen, str_text(&user));
		random_uuid(id);
		const struct db_value values[] = {db_text(id), db_text(db_cell_text(row, 0)), db_text(str_text(&user)),
						  db_integer(page->now)};
		batch_add(&page->members, values);
	}
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->members, work->db);
}

static fallible tell_unknown(struct db *db)
{
	int64_t count;
	TRY(db_single_integer(db,
			      "select count(*) from owctl_group_member m"
			      " where not exists (select 1 from \"user\" u where u.id = m.user_id)",
			      NULL, 0, &count));
	if (count)
		log_warning("lists of groups' members have %lld entries that are no users; they are left out",
			    (long long)count);
	return NULL;
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
