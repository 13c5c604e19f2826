#include "base/json_tree.h"

static void add_key(struct str *out, const struct json_node *node)
{
	if (!node->key)
		return;
	json_add_string(out, node->key, node->key_size);
	str_add(out, ": ");
}

static void begin(struct str *out, const struct json_node *node)
{
	switch (node->kind) {
	case JSON_KIND_OBJECT:
		str_add_char(out, '{');
		break;
	case JSON_KIND_ARRAY:
		str_add_char(out, '[');
		break;
	case JSON_KIND_NUMBER:
		json_add_number(out, node->text, node->size);
		break;
	case JSON_KIND_STRING: {
		AUTO(str) struct str meant = {0};
		json_tree_string(node, &meant);
		json_add_string(out, str_text(&meant), meant.size);
		break;
	}
	default:
		str_add_n(out, node->text, node->size);
	}
}

static void end(struct str *out, const struct json_node *node)
{
	if (node->kind == JSON_KIND_OBJECT)
		str_add_char(out, '}');
	else if (node->kind == JSON_KIND_ARRAY)
		str_add_char(out, ']');
}

/* Without recursion: a document may be deeper than a stack. */
void json_tree_write(const struct json_node *top, struct str *out)
{
	const struct json_node *node = top;
	for (;;) {
		if (node != top)
			add_key(out, node);
		begin(out, node);
		if (node->first) {
			node = node->first;
			continue;
		}
		end(out, node);
		while (node != top && !node->next) {
			node = node->parent;
			end(out, node);
		}
		if (node == top)
			return;
		str_add(out, ", ");
		node = node->next;
	}
}
