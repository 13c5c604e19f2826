/* Access lists: of a resource, for reading and for writing, groups and accounts. */
#include "base/embed.h"
#include "base/memory.h"
#include "base/random.h"
#include "grants.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/snapshot.h"

#define PAGE 500

EMBED_FILE(chain_f1e2d3c4b5a6_after, "src/migrate/chain/32_f1e2d3c4b5a6/after.sql");

const char *const grant_tables[] = {"knowledge", "prompt", "tool", "model", "note", "channel", "file", NULL};

static const char *const columns[] = {"id",	      "resource_type", "resource_id", "principal_type",
				      "principal_id", "permission",    "created_at"};

struct page {
	const char *table;
	struct batch grants;
	int64_t now;
};

static void add(struct page *page, const char *resource, const char *kind, const char *principal,
		const char *permission)
{
	char id[UUID_TEXT_SIZE];
	random_uuid(id);
	const struct db_value values[] = {db_text(id),          db_text(page->table),
					  db_text(resource),    db_text(kind),
					  db_text(principal),   db_text(permission),
					  db_integer(page->now)};
	batch_add(&page->grants, values);
}

/* Each principal once, however often the list has it. */
static void add_list(struct page *page, const char *resource, const char *kind, const struct json_node *list,
		     const char *permission)
{
	AUTO(strings) struct strings seen = {0};
	if (!json_tree_is(list, JSON_KIND_ARRAY))
		return;
	for (const struct json_node *node = list->first; node; node = node->next) {
		AUTO(str) struct str principal = {0};
		if (!json_tree_string(node, &principal) || strings_have(&seen, str_text(&principal)))
			continue;
		strings_add(&seen, str_text(&principal));
		add(page, resource, kind, str_text(&principal), permission);
	}
}

static void add_access(struct page *page, const char *resource, const struct json_node *access)
{
	static const char *const permissions[] = {"read", "write"};
	for (size_t i = 0; i < COUNT(permissions); i++) {
		const struct json_node *lists = json_tree_find(access, permissions[i]);
		add_list(page, resource, "group", json_tree_find(lists, "group_ids"), permissions[i]);
		add_list(page, resource, "user", json_tree_find(lists, "user_ids"), permissions[i]);
	}
}

/* A list that was encoded twice is a string. What is none at all shares nothing. */
static const struct json_node *access_of(struct json_tree *tree, struct json_tree *inner, struct db_value cell)
{
	AUTO(str) struct str text = {0};
	struct error *error = db_is_text(cell) ? json_tree_parse(tree, cell.text, cell.size) : NULL;
	if (!error && json_tree_string(tree->root, &text))
		error = json_tree_parse(inner, str_text(&text), text.size);
	error_ignore(error);
	return inner->root ? inner->root : tree->root;
}

static fallible read_resource(void *state, const struct db_rows *row)
{
	struct page *page = state;
	AUTO(json_tree) struct json_tree tree = {0}, inner = {0};
	struct db_value cell = db_cell(row, 1);
	const struct json_node *access = access_of(&tree, &inner, cell);
	if (cell.type == DB_NULL || json_tree_is(access, JSON_KIND_NULL)) {
		if (!text_equal(page->table, "file")) /* a file without a list is its owner's */
			add(page, db_cell_text(row, 0), "user", "*", "read");
	} else {
		add_access(page, db_cell_text(row, 0), access);
	}
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->grants, work->db);
}

fallible grants_make(struct work *work, const char *table, const char *where)
{
	struct page page = {.table = table,
			    .grants = {.table = "access_grant", .columns = columns, .width = COUNT(columns)},
			    .now = work->now};
	struct error *error = work_pass(work, &(struct pass){.table = table,
							     .columns = "access_control",
							     .where = where,
							     .page = PAGE,
							     .read = read_resource,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.grants);
	return error;
}

static fallible run(struct work *work)
{
	TRY(work_begin_anew(work, "DELETE FROM access_grant"));
	for (size_t i = 0; grant_tables[i]; i++)
		TRY(grants_make(work, grant_tables[i], NULL));
	return NULL;
}

static const struct chain_touch touches[] = {
	{"knowledge", EFFECT_READS, NULL},
	{"prompt", EFFECT_READS, NULL},
	{"tool", EFFECT_READS, NULL},
	{"model", EFFECT_READS, NULL},
	{"note", EFFECT_READS, NULL},
	{"channel", EFFECT_READS, NULL},
	{"file", EFFECT_READS, NULL},
	{"access_grant", EFFECT_FILLS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_f1e2d3c4b5a6 = {.run = run,
						   .after_sqlite = chain_f1e2d3c4b5a6_after,
						   .after_postgresql = chain_f1e2d3c4b5a6_after,
						   .touches = touches};
