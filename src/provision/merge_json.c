/* Ids of accounts inside JSON. */
#include <string.h>

#include "base/json_tree.h"
#include "base/memory.h"
#include "provision/merge_parts.h"

struct renaming {
	struct json_tree tree;
	const char *from, *into; /* as JSON */
	bool changed, failed;
};

static bool is_text(const struct json_node *node, const char *json)
{
	AUTO(str) struct str found = {0};
	if (!json_tree_is(node, JSON_KIND_STRING))
		return false;
	json_tree_write(node, &found);
	return text_equal(str_text(&found), json);
}

static void set(struct renaming *renaming, struct json_node *object, const char *key, const char *json)
{
	struct error *error = json_tree_set(&renaming->tree, object, key, json);
	renaming->changed = true;
	renaming->failed |= error != NULL;
	error_ignore(error); /* what is set was written by json_tree_write: it is JSON */
}

static void rename_member(struct renaming *renaming, struct json_node *object, const char *key)
{
	if (is_text(json_tree_find(object, key), renaming->from))
		set(renaming, object, key, renaming->into);
}

/* Appends the list without the one account and with the other, once. False if it does not have the first. */
static bool write_list(const struct renaming *renaming, const struct json_node *list, struct str *out)
{
	bool has = false, has_into = false;
	size_t count = 0;
	for (const struct json_node *node = list->first; node; node = node->next)
		has |= is_text(node, renaming->from);
	str_add_char(out, '[');
	for (const struct json_node *node = list->first; node; node = node->next) {
		bool is_into = is_text(node, renaming->from) || is_text(node, renaming->into);
		if (is_into && has_into)
			continue;
		has_into |= is_into;
		str_add(out, count++ ? ", " : "");
		if (is_into)
			str_add(out, renaming->into);
		else
			json_tree_write(node, out);
	}
	str_add_char(out, ']');
	return has;
}

static void rename_inside(struct renaming *renaming, struct json_node *object)
{
	struct json_node *list = json_tree_find(object, "user_ids");
	AUTO(str) struct str text = {0};
	rename_member(renaming, object, "user_id");
	rename_member(renaming, object, "principal_id");
	if (json_tree_is(json_tree_find(object, "user"), JSON_KIND_OBJECT))
		rename_member(renaming, json_tree_find(object, "user"), "id");
	if (json_tree_is(list, JSON_KIND_ARRAY) && write_list(renaming, list, &text))
		set(renaming, object, "user_ids", str_text(&text));
}

static void rename_list(struct renaming *renaming, const char *from, const char *into, struct str *out)
{
	const struct json_node *root = renaming->tree.root;
	AUTO(str) struct str inner = {0}, list = {0};
	if (json_tree_is(root, JSON_KIND_ARRAY)) {
		renaming->changed = write_list(renaming, root, out);
	} else if (json_tree_string(root, &inner) &&
		   merge_json(str_text(&inner), inner.size, from, into, true, &list)) {
		json_add_string(out, str_text(&list), list.size);
		renaming->changed = true;
	}
}

bool merge_json(const char *text, size_t size, const char *from, const char *into, bool is_list, struct str *out)
{
	AUTO(str) struct str from_json = {0}, into_json = {0}, made = {0};
	json_add_string(&from_json, from, strlen(from));
	json_add_string(&into_json, into, strlen(into));
	struct renaming renaming = {.from = str_text(&from_json), .into = str_text(&into_json)};
	struct error *error = json_tree_parse(&renaming.tree, text, size);
	if (error) {
		error_ignore(error); /* no server reads it either */
		return false;
	}
	if (is_list)
		rename_list(&renaming, from, into, &made);
	for (struct json_node *node = is_list ? NULL : renaming.tree.root; node; node = json_tree_next(node))
		if (json_tree_is(node, JSON_KIND_OBJECT))
			rename_inside(&renaming, node);
	if (!is_list && renaming.changed)
		json_tree_write(renaming.tree.root, &made);
	json_tree_cleanup(&renaming.tree);
	if (renaming.changed && !renaming.failed)
		str_add_n(out, made.data, made.size);
	return renaming.changed && !renaming.failed;
}
