#include "backup/packs.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

static fallible begin(struct packs *packs)
{
	place_new_pack(packs->id);
	AUTO(memory) char *object = pack_object(packs->id);
	return archive_begin(packs->store, object, packs->recipients, &packs->open);
}

fallible packs_end(struct packs *packs)
{
	if (!packs->open)
		return NULL;
	struct pack_seal seal;
	memcpy(seal.id, packs->id, sizeof seal.id);
	TRY(archive_end(&packs->open, &seal.object));
	packs->ended = mem_resize(packs->ended, packs->ended_count + 1, sizeof *packs->ended);
	packs->ended[packs->ended_count++] = seal;
	return NULL;
}

fallible packs_add(struct packs *packs, const char *bytes, size_t size, bool compressed, struct place *place)
{
	if (!packs->open)
		TRY(begin(packs));
	AUTO(memory) char *member = text_format("%08" PRIu64 "%s", ++packs->members, compressed ? ".zst" : "");
	memcpy(place->pack, packs->id, sizeof place->pack);
	place->size = size;
	place->compressed = compressed;
	digest_of(bytes, size, place->hash);
	TRY(archive_add(packs->open, member, bytes, size, &place->offset));
	return archive_size(packs->open) >= PACK_SIZE ? packs_end(packs) : NULL;
}

void packs_cleanup(struct packs *packs)
{
	archive_abort(packs->open);
	free(packs->ended);
}
