/* Numbers by digests. */
#ifndef CRYPTO_DIGEST_MAP_H
#define CRYPTO_DIGEST_MAP_H

#include <stdint.h>

#include "crypto/digest.h"

struct digest_entry;
struct digest_map { /* starts as {0} */
	struct digest_entry *entries; /* a hash table with linear probing, at most half full */
	size_t count, room; /* `room` is a power of two */
};
void digest_map_cleanup(struct digest_map *map);

/* False: there is none, and *value is left as it is. */
bool digest_map_get(const struct digest_map *map, const unsigned char digest[static DIGEST_SIZE], uint64_t *value);
/* In place of the one that there may be. */
void digest_map_set(struct digest_map *map, const unsigned char digest[static DIGEST_SIZE], uint64_t value);

#endif
