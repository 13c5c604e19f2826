/* The document of all settings becomes a row a setting: "ui.name" for {"ui": {"name": ..}}. A known setting is kept
 * whole, others are taken apart down to what is no object. Where two come to the same key, the first one in the
 * document counts. */
#include <string.h>

#include "base/json_tree.h"
#include "base/log.h"
#include "base/memory.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"

static const struct stored_setting {
	const char *path, *variable, *key; /* path or variable may stand in the document; key is the row's */
} stored_settings[] = {
#define SETTING(path, variable) {path, variable, path},
#define MOVED(path, variable, key) {path, variable, key},
#define RENAMED(path, key) {path, NULL, key},
#include "settings.def"
#undef SETTING
#undef MOVED
#undef RENAMED
};

static const char *const columns[] = {"key", "value", "updated_at"};

struct flat {
	struct strings paths;
	const struct json_node **values;
};

static const struct stored_setting *find(const char *path)
{
	for (size_t i = 0; i < COUNT(stored_settings); i++)
		if (!strcmp(stored_settings[i].path, path))
			return &stored_settings[i];
	for (size_t i = 0; i < COUNT(stored_settings); i++)
		if (text_equal(stored_settings[i].variable, path))
			return &stored_settings[i];
	return NULL;
}

/* What has a path that was there before takes its place. */
static void add(struct flat *flat, const char *path, const struct json_node *value)
{
	size_t place = 0;
	while (place < flat->paths.count && strcmp(flat->paths.items[place], path) != 0)
		place++;
	if (place == flat->paths.count) {
		strings_add(&flat->paths, path);
		flat->values = mem_resize(flat->values, flat->paths.count, sizeof *flat->values);
	}
	flat->values[place] = value;
}

static bool is_kept_whole(const char *path)
{
	const struct stored_setting *setting = find(path);
	return setting && setting->variable;
}

static void flatten(struct flat *flat, const struct json_node *object, const char *prefix)
{
	for (const struct json_node *node = object->first; node; node = node->next) {
		AUTO(str) struct str path = {0};
		if (*prefix)
			str_add_format(&path, "%s.", prefix);
		str_add_n(&path, node->key, node->key_size);
		if (json_tree_is(node, JSON_KIND_OBJECT) && !is_kept_whole(str_text(&path)))
			flatten(flat, node, str_text(&path));
		else
			add(flat, str_text(&path), node);
	}
}

static fallible load(struct flat *flat, struct work *work)
{
	AUTO(batch) struct batch rows = {.table = "config", .columns = columns, .width = COUNT(columns)};
	AUTO(strings) struct strings keys = {0};
	for (size_t i = 0; i < flat->paths.count; i++) {
		AUTO(str) struct str json = {0};
		const struct stored_setting *setting = find(flat->paths.items[i]);
		const char *key = setting ? setting->key : flat->paths.items[i];
		if (strings_have(&keys, key))
			continue;
		strings_add(&keys, key);
		json_tree_write(flat->values[i], &json);
		const struct db_value values[] = {db_text(key), db_text_n(json.data, json.size), db_integer(work->now)};
		batch_add(&rows, values);
	}
	work->rows += (int64_t)keys.count;
	return batch_load(&rows, work->db);
}

/* The newest row's; one that was encoded twice is a string. */
static fallible read_document(struct work *work, struct json_tree *tree)
{
	bool found;
	AUTO(memory) char *text = NULL;
	AUTO(str) struct str inner = {0};
	TRY(db_single_text(work->db, "select data from config_old order by id desc limit 1", NULL, 0, &found, &text));
	if (!text)
		return NULL;
	struct error *error = json_tree_parse(tree, text, strlen(text));
	if (!error && json_tree_string(tree->root, &inner)) {
		json_tree_cleanup(tree);
		*tree = (struct json_tree){0};
		error = json_tree_parse(tree, str_text(&inner), inner.size);
	}
	if (error)
		log_warning_error(error_wrap(
			error, "the stored settings are damaged, so they begin anew; config_old keeps them"));
	return NULL;
}

static fallible run(struct work *work)
{
	AUTO(json_tree) struct json_tree tree = {0};
	struct flat flat = {0};
	TRY(read_document(work, &tree));
	if (json_tree_is(tree.root, JSON_KIND_OBJECT))
		flatten(&flat, tree.root, "");
	struct error *error = load(&flat, work);
	strings_cleanup(&flat.paths);
	free(flat.values);
	return error;
}

static const struct chain_touch touches[] = {
	{"config", EFFECT_READS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_3ff2c63645b8 = {.run = run, .touches = touches};
