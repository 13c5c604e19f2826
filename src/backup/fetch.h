/* Reading what is at a place again: a range of the pack's object, opened, hashed, decompressed. */
#ifndef BACKUP_FETCH_H
#define BACKUP_FETCH_H

#include "backup/compressor.h"
#include "backup/record.h"
#include "base/progress.h"

/* One belongs to one thread. */
struct fetcher {
	const struct repository *repository;
	const struct age_identities *identities;
	struct progress *progress; /* gets the bytes that are fetched, as they are stored; NULL: nobody waits */
	const char *held_pack;  /* one whose object is at hand, and */
	const struct str *held; /* all its bytes, borrowed: nothing of it is asked of the store; NULL: none */
	char pack[PACK_ID_SIZE]; /* whose beginning was read last */
	uint64_t pack_size;      /* of its object */
	struct age_opener opener;
	struct decompressor decompressor;
};
void fetcher_cleanup(struct fetcher *fetcher);

/* Gives what is at `place` to `out` once it has the hash that the place says, decompressed where it is compressed, at
 * most `limit` bytes: ERR_INPUT where it is not what it should be, naming the pack. In memory it has the member as it
 * is in the pack. */
fallible fetch(struct fetcher *fetcher, const struct place *place, uint64_t limit, const struct sink *out) MUST_CHECK;

#endif
