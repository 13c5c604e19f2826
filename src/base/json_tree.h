/* JSON documents in memory (metadata, settings, a conversation): read, looked into, changed a little, and written as
 * Python's json.dumps writes what json.loads read. What a migration does not touch comes out as the server's own
 * migration would have left it. Read by base/json_scan.h, which says why that is not jansson's work; so no depth or
 * number is lost.
 *
 * Keys are compared by what they mean: "a" is "\u0061". Of a key that stands twice the last value counts, in the place
 * of the first, as in a dict. Whatever follows an edge of the tree takes NULL for what is not there, and answers "no":
 * json_tree_find(json_tree_find(root, "info"), "name"). */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include "base/json_scan.h"
#include "base/json_text.h"

/* Borrowed from its tree, for reading: a removed node stays valid, but no longer has a place. */
struct json_node {
	enum json_kind kind;
	const char *key; /* decoded (base/json_text.h), not NUL-terminated; NULL: its parent is no object */
	size_t key_size;
	const char *text; /* of a scalar, as it stands; a string with its quotes */
	size_t size;
	struct json_node *parent, *first, *last, *previous, *next;
};

struct json_tree {
	struct json_node *root;
	struct strings texts; /* what the nodes point into */
	struct json_node_block *blocks;
};

/* Reads a whole text, which is copied. `tree` is empty ({0}), and is so again after a failure. */
fallible json_tree_parse(struct json_tree *tree, const char *text, size_t size) MUST_CHECK;
void json_tree_cleanup(struct json_tree *tree);

bool json_tree_is(const struct json_node *node, enum json_kind kind);

/* The member with this decoded key, or NULL; also NULL where `object` is none. */
struct json_node *json_tree_find(const struct json_node *object, const char *key);

/* Appends what a string means, with lone surrogates as base/json_text.h has them; false if `node` is no string. */
bool json_tree_string(const struct json_node *node, struct str *out);

/* The node behind this one in the order of the document, its own first child before all; NULL: it is the last. */
struct json_node *json_tree_next(struct json_node *node);

/* Takes a member out of `object`; false if it has none such. */
bool json_tree_remove(struct json_node *object, const char *key);

/* Gives the member `key` (UTF-8) of `object`, which must be one, the value that `text` is as JSON: in the member's
 * place, or at the end if there was none. ERR_INPUT if it is no JSON; then nothing changes. */
fallible json_tree_set(struct json_tree *tree, struct json_node *object, const char *key, const char *text) MUST_CHECK;

/* Appends `node` as json.dumps writes it: ", " and ": ", members in their order, ASCII only. */
void json_tree_write(const struct json_node *node, struct str *out);

#endif
