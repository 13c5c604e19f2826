#include "migrate/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void add_name(struct str *json, const char *name)
{
	if (json->data[json->size - 1] != '{')
		str_add(json, ", ");
	json_add_string(json, name, strlen(name));
	str_add(json, ": ");
}

void snapshot_add_text(struct str *json, const char *name, const char *text)
{
	add_name(json, name);
	if (text)
		json_add_string(json, text, strlen(text));
	else
		str_add(json, "null");
}

void snapshot_add_node(struct str *json, const char *name, const struct json_node *node)
{
	add_name(json, name);
	json_tree_write(node, json);
}

static bool is_zero(const struct json_node *number)
{
	AUTO(memory) char *text = text_copy_n(number->text, number->size);
	return strtod(text, NULL) == 0;
}

bool snapshot_is_nothing(const struct json_node *node)
{
	if (!node)
		return true;
	switch (node->kind) {
	case JSON_KIND_OBJECT:
	case JSON_KIND_ARRAY:
		return !node->first;
	case JSON_KIND_STRING:
		return node->size == 2; /* its quotes */
	case JSON_KIND_NUMBER:
		return is_zero(node);
	case JSON_KIND_FALSE:
	case JSON_KIND_NULL:
		return true;
	case JSON_KIND_TRUE:
		break;
	}
	return false;
}

static fallible read_nothing(struct json_tree *tree)
{
	json_tree_cleanup(tree);
	*tree = (struct json_tree){0};
	return json_tree_parse(tree, "{}", 2);
}

/* SQLite keeps a bare number as one. */
static fallible parse_cell(struct json_tree *tree, struct db_value cell)
{
	AUTO(memory) char *number = cell.type == DB_INTEGER ? text_format("%lld", (long long)cell.integer)
				    : cell.type == DB_REAL  ? text_format("%.17g", cell.real)
							    : NULL;
	return number ? json_tree_parse(tree, number, strlen(number)) : json_tree_parse(tree, cell.text, cell.size);
}

fallible snapshot_read_any(struct json_tree *tree, struct db_value cell)
{
	if (cell.type == DB_NULL || (cell.type == DB_TEXT && !cell.size))
		return read_nothing(tree);
	return parse_cell(tree, cell);
}

fallible snapshot_read(struct json_tree *tree, struct db_value cell)
{
	TRY(snapshot_read_any(tree, cell));
	return snapshot_is_nothing(tree->root) ? read_nothing(tree) : NULL;
}

fallible snapshot_read_object(struct json_tree *tree, struct db_value cell)
{
	TRY(snapshot_read(tree, cell));
	return json_tree_is(tree->root, JSON_KIND_OBJECT) ? NULL : error_new(ERR_INPUT, "it is no JSON object");
}

static bool has_such(const struct json_node *node)
{
	if (json_tree_is(node, JSON_KIND_NUMBER))
		return strcspn(node->text, "NI") < node->size;
	for (const struct json_node *child = node->first; child; child = child->next)
		if (has_such(child))
			return true;
	return false;
}

bool snapshot_is_only_pythons(const struct str *json)
{
	AUTO(json_tree) struct json_tree tree = {0};
	struct error *error = json_tree_parse(&tree, json->data, json->size);
	bool such = !error && has_such(tree.root);
	error_ignore(error);
	return such;
}
