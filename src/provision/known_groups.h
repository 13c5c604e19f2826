/* The groups of an installation, as rows of an import name them: by name or by id. */
#ifndef PROVISION_KNOWN_GROUPS_H
#define PROVISION_KNOWN_GROUPS_H

#include "base/str.h"
#include "openwebui/installation.h"

struct known_groups {
	struct called *items; /* in order of what they are called */
	size_t count, room;
	struct strings defaults; /* ids of those that the installation puts every new account into */
};
fallible known_groups_read(struct installation *installation, struct known_groups *known) MUST_CHECK;
void known_groups_cleanup(struct known_groups *known);

/* Adds the ids of the groups that are called so: names are not unique. */
void known_groups_find(const struct known_groups *known, const char *called, struct strings *ids);

/* Names that many rows may ask for, each once, in a tree (tsearch(3)) beside the list, whose texts it borrows. */
struct distinct {
	struct strings *list; /* borrowed */
	void *root;
};
void distinct_add(struct distinct *distinct, const char *text);
void distinct_cleanup(struct distinct *distinct);

#endif
