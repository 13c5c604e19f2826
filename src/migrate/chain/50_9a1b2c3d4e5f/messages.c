/* The messages that a chat's JSON holds, of a chat that has none in chat_message. */
#include <stdlib.h>
#include <string.h>

#include "base/json_tree.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "current.h"

bool message_id_fits(const char *id, size_t size)
{
	return !memchr(id, '\0', size) && utf8_valid(id, size);
}

/* The text of a string, or NULL; to be freed. */
static char *text_of(const struct json_node *node)
{
	AUTO(str) struct str text = {0};
	if (!json_tree_string(node, &text) || !message_id_fits(str_text(&text), text.size) || !text.size)
		return NULL;
	return str_take(&text);
}

static void add(struct messages *messages, const char *id, const struct json_node *message)
{
	AUTO(memory) char *parent = text_of(json_tree_find(message, "parentId"));
	const struct json_node *time = json_tree_find(message, "timestamp");
	AUTO(memory) char *number = json_tree_is(time, JSON_KIND_NUMBER) ? text_copy_n(time->text, time->size) : NULL;
	messages_add(messages, id, parent, number ? strtod(number, NULL) : 0);
}

static void add_of_object(struct messages *messages, const struct json_node *object)
{
	for (const struct json_node *node = object->first; node; node = node->next) {
		if (!message_id_fits(node->key, node->key_size))
			continue;
		AUTO(memory) char *id = text_copy_n(node->key, node->key_size);
		add(messages, id, node);
	}
}

static void add_of_list(struct messages *messages, const struct json_node *list)
{
	for (const struct json_node *node = list->first; node; node = node->next) {
		AUTO(memory) char *id = text_of(json_tree_find(node, "id"));
		if (id)
			add(messages, id, node);
	}
}

static void add_of_chat(struct messages *messages, const struct json_node *chat)
{
	const struct json_node *object = json_tree_find(json_tree_find(chat, "history"), "messages");
	const struct json_node *list = json_tree_find(chat, "messages");
	if (json_tree_is(object, JSON_KIND_OBJECT) && object->first)
		add_of_object(messages, object);
	else if (json_tree_is(list, JSON_KIND_ARRAY))
		add_of_list(messages, list);
}

void chat_read_messages(const char *text, size_t size, struct messages *messages)
{
	AUTO(json_tree) struct json_tree tree = {0}, inner = {0};
	AUTO(str) struct str decoded = {0};
	struct error *error = json_tree_parse(&tree, text, size);
	if (!error && json_tree_string(tree.root, &decoded))
		error = json_tree_parse(&inner, str_text(&decoded), decoded.size);
	add_of_chat(messages, inner.root ? inner.root : tree.root);
	error_ignore(error); /* what is no JSON has none, as with upstream */
}
