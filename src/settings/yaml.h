/* What settings need of libfyaml: a document whose mistakes are reported as FILE:LINE:COLUMN. */
#ifndef SETTINGS_YAML_H
#define SETTINGS_YAML_H

#include <libfyaml.h>

#include "base/error.h"

struct yaml {
	const char *path; /* for messages; borrowed */
	struct fy_document *document; /* NULL when the text is empty */
	struct fy_node *key;          /* the one that is being read: the place of what is not there */
};

struct yaml_place {
	unsigned line, column; /* from 1; 0 when unknown */
	size_t size;           /* of the scalar in the text, without quotes */
};

/* `text` must live as long as the document. */
fallible yaml_parse(const char *path, const char *text, size_t size, struct yaml *yaml) MUST_CHECK;
void yaml_cleanup(struct yaml *yaml);
struct fy_node *yaml_root(const struct yaml *yaml); /* or NULL */

struct yaml_place yaml_place(struct fy_node *node); /* where its first scalar stands */

/* "FILE:LINE:COLUMN: message" about `node`. */
fallible yaml_wrong(const struct yaml *yaml, struct fy_node *node, const char *format, ...) PRINTF(3, 4) MUST_CHECK;

/* Calls `each` for the pairs of a mapping, in order; ERR_SETTINGS when `node` is none, or a key is no plain text. An
 * empty value counts as an empty mapping. `what` names the node in messages. */
typedef fallible yaml_each(void *state, const char *key, struct fy_node *key_node, struct fy_node *value);
fallible yaml_mapping(struct yaml *yaml, struct fy_node *node, const char *what, yaml_each *each, void *state)
	MUST_CHECK;

/* The text of a scalar, to be released with secret_free; ERR_SETTINGS for anything else, and for nothing at all. */
fallible yaml_text(const struct yaml *yaml, struct fy_node *node, const char *what, char **text) MUST_CHECK;

#endif
