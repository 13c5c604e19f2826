/* The packs that one thread fills: members go into the one that is open until it is large enough. */
#ifndef BACKUP_PACKS_H
#define BACKUP_PACKS_H

#include "backup/archive_write.h"

/* A pack ends with the member that takes it beyond this size (of plain tar). Smaller ones are more requests for the
 * same bytes, larger ones more to fetch and rewrite for what is left of them. */
#define PACK_SIZE (32 << 20)

struct packs {
	struct store *store;
	const struct age_recipients *recipients;
	struct archive_writer *open; /* NULL: none */
	struct pack_seal *ended; /* in the order of their ends */
	size_t ended_count;
	char id[PACK_ID_SIZE]; /* of the open one */
	uint64_t members; /* of all of them, for their names */
};

/* Adds a member, `size` bytes; they are in the store when its pack is among the ended ones. The place says where. */
fallible packs_add(struct packs *packs, const char *bytes, size_t size, bool compressed, struct place *place)
	MUST_CHECK;
/* Ends the pack that is open. */
fallible packs_end(struct packs *packs) MUST_CHECK;
void packs_cleanup(struct packs *packs); /* what is open is given up */

#endif
