/* What a pack has for a snapshot, looked at while the pack is at hand: each is read from the store once, although its
 * hash and its contents are both to be looked at. */
#ifndef BACKUP_VERIFY_HELD_H
#define BACKUP_VERIFY_HELD_H

#include "backup/fetch.h"
#include "backup/verify.h"

/* A segment or a file that is in one pack; what is in several is not among them. */
struct held_item {
	const char *pack;
	uint64_t offset;
	const struct segment *segment; /* or */
	const struct file *file;
};

/* By packs, and in each by their places. All is the manifest's. */
struct held_items {
	struct held_item *items;
	size_t count;
};
void held_items_list(const struct manifest *manifest, struct held_items *items);
static inline void held_items_cleanup(struct held_items *items)
{
	free(items->items);
}

/* What is as it should be is added to verifier->good. What is not is found again by verify_data, and told there. */
fallible held_check(struct verifier *verifier, const struct held_items *items, const char *pack,
		    const struct str *bytes) MUST_CHECK;

#endif
