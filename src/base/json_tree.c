#include "base/json_tree.h"

#include <string.h>

#include "base/large.h"
#include "base/memory.h"

/* Nodes live as long as the tree, also those that were removed: documents are small and changed a little. Of a large
 * one the nodes take more room than its text. */
struct json_node_block {
	struct json_node_block *next;
	size_t used, room;
	struct json_node nodes[];
};

#define FIRST_ROOM 30
#define LARGEST_ROOM (4 * LARGE_BLOCK / sizeof(struct json_node))

static struct json_node_block *new_block(struct json_node_block *last)
{
	size_t room = !last ? FIRST_ROOM : last->room < LARGEST_ROOM ? 2 * last->room : last->room;
	struct json_node_block *block = large_resize(NULL, sizeof *block + room * sizeof *block->nodes);
	block->next = last;
	block->used = 0;
	block->room = room;
	return block;
}

static struct json_node *new_node(struct json_tree *tree)
{
	struct json_node_block *block = tree->blocks;
	if (!block || block->used == block->room)
		block = tree->blocks = new_block(block);
	struct json_node *node = &block->nodes[block->used++];
	*node = (struct json_node){0};
	return node;
}

/* Puts a node before `next`, or at the end for NULL. */
static void link_before(struct json_node *parent, struct json_node *node, struct json_node *next)
{
	struct json_node *previous = next ? next->previous : parent->last;
	node->parent = parent;
	node->previous = previous;
	node->next = next;
	*(previous ? &previous->next : &parent->first) = node;
	*(next ? &next->previous : &parent->last) = node;
}

static void take_out(struct json_node *node)
{
	struct json_node *parent = node->parent;
	*(node->previous ? &node->previous->next : &parent->first) = node->next;
	*(node->next ? &node->next->previous : &parent->last) = node->previous;
	node->parent = node->previous = node->next = NULL;
}

/* ---- keys ---- */

/* Most keys have no escape and mean what stands in the text. */
static void set_key(struct json_tree *tree, struct json_node *node, const char *raw, size_t size)
{
	node->key = raw;
	node->key_size = size;
	if (!memchr(raw, '\\', size))
		return;
	struct str key = {0};
	json_add_decoded(&key, raw, size);
	node->key_size = key.size;
	node->key = strings_add_str(&tree->texts, &key);
}

struct place {
	struct json_node *node;
	size_t at;
};

static int compare_keys(const struct json_node *a, const struct json_node *b)
{
	size_t shorter = a->key_size < b->key_size ? a->key_size : b->key_size;
	int order = memcmp(a->key, b->key, shorter);
	return order ? order : (a->key_size > b->key_size) - (a->key_size < b->key_size);
}

static int compare_places(const void *one, const void *other)
{
	const struct place *a = one, *b = other;
	int order = compare_keys(a->node, b->node);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* Of members with one key the last goes to the place of the first. Sorted, as an object may be large and hostile. */
static void drop_doubles(struct json_node *object)
{
	size_t count = 0;
	for (struct json_node *node = object->first; node; node = node->next)
		count++;
	if (count < 2)
		return;
	AUTO(large) struct place *places = large_resize(NULL, count * sizeof *places);
	size_t at = 0;
	for (struct json_node *node = object->first; node; node = node->next, at++)
		places[at] = (struct place){node, at};
	qsort(places, count, sizeof *places, compare_places);
	for (size_t first = 0, last; first < count; first = last + 1) {
		for (last = first; last + 1 < count && !compare_keys(places[first].node, places[last + 1].node);)
			last++;
		if (last == first)
			continue;
		take_out(places[last].node);
		link_before(object, places[last].node, places[first].node);
		for (size_t i = first; i < last; i++)
			take_out(places[i].node);
	}
}

/* ---- reading ---- */

struct reading {
	struct json_tree *tree;
	struct json_node *root;
	struct json_node *open; /* the container that is being read */
	struct json_node *last; /* the value that was begun last */
};

static enum json_wish begin(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	(void)depth;
	struct reading *reading = state;
	struct json_node *node = new_node(reading->tree);
	node->kind = kind;
	if (key)
		set_key(reading->tree, node, key, size);
	if (reading->open)
		link_before(reading->open, node, NULL);
	else
		reading->root = node;
	reading->last = node;
	if (kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY)
		reading->open = node;
	return JSON_ENTER;
}

static fallible set_text(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	(void)depth;
	(void)kind;
	struct reading *reading = state;
	reading->last->text = text;
	reading->last->size = size;
	return NULL;
}

static fallible end_container(void *state, int depth)
{
	(void)depth;
	struct reading *reading = state;
	if (reading->open->kind == JSON_KIND_OBJECT)
		drop_doubles(reading->open);
	reading->open = reading->open->parent;
	return NULL;
}

/* Reads a text into nodes of the tree that have no place yet. It is kept with a line feed behind it, so that a number
 * too ends inside the piece and all nodes can point into it. */
static fallible read_nodes(struct json_tree *tree, const char *text, size_t size, struct json_node **root)
{
	static const struct json_scan_caller caller = {begin, set_text, end_container};
	struct reading reading = {.tree = tree};
	struct str kept = {0};
	str_reserve(&kept, size + 1);
	str_add_n(&kept, text, size);
	str_add_char(&kept, '\n');
	size = kept.size;
	const char *piece = strings_add_str(&tree->texts, &kept);

	TRY(json_scan_text(&caller, &reading, piece, size));
	*root = reading.root;
	return NULL;
}

fallible json_tree_parse(struct json_tree *tree, const char *text, size_t size)
{
	struct error *error = read_nodes(tree, text, size, &tree->root);
	if (error)
		json_tree_cleanup(tree);
	return error;
}

void json_tree_cleanup(struct json_tree *tree)
{
	for (struct json_node_block *block = tree->blocks, *next; block; block = next) {
		next = block->next;
		large_free(block);
	}
	strings_cleanup(&tree->texts);
	*tree = (struct json_tree){0};
}

/* ---- looking and changing ---- */

bool json_tree_is(const struct json_node *node, enum json_kind kind)
{
	return node && node->kind == kind;
}

struct json_node *json_tree_find(const struct json_node *object, const char *key)
{
	size_t size = strlen(key);
	struct json_node *node = json_tree_is(object, JSON_KIND_OBJECT) ? object->first : NULL;
	while (node && (node->key_size != size || memcmp(node->key, key, size) != 0))
		node = node->next;
	return node;
}

struct json_node *json_tree_next(struct json_node *node)
{
	if (node->first)
		return node->first;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

bool json_tree_string(const struct json_node *node, struct str *out)
{
	if (!json_tree_is(node, JSON_KIND_STRING))
		return false;
	json_add_decoded(out, node->text + 1, node->size - 2);
	return true;
}

bool json_tree_remove(struct json_node *object, const char *key)
{
	struct json_node *node = json_tree_find(object, key);
	if (node)
		take_out(node);
	return node;
}

fallible json_tree_set(struct json_tree *tree, struct json_node *object, const char *key, const char *text)
{
	struct json_node *node, *former = json_tree_find(object, key);
	TRY(read_nodes(tree, text, strlen(text), &node));
	char *name = text_copy(key);
	strings_add_taken(&tree->texts, name);
	node->key = name;
	node->key_size = strlen(name);
	link_before(object, node, former);
	if (former)
		take_out(former);
	return NULL;
}
