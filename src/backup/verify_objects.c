#include "backup/verify_objects.h"

#include <string.h>

#include "backup/verify_held.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/sorted.h"

#define KEY_BYTES 8
/* Of a pack that is opened, as much is in memory. Larger ones, of which a single member is large, are read twice. */
#define MOST_HELD ((uint64_t)64 << 20)

fallible verify_tell(struct verify_faults *faults, const char *object, const char *what)
{
	faults->count++;
	return faults->tell(faults->state, object, what);
}

fallible verify_fault_of(struct verify_faults *faults, const char *object, struct error *error)
{
	if (!error || error->code != ERR_INPUT)
		return error;
	AUTO(memory) char *what = error_text(error);
	error_free(error);
	return verify_tell(faults, object, what);
}

/* ---- whose turn it is ---- */

/* How far behind the beginning of the share a pack stands on the ring, which has 2^64 places. */
static uint64_t distance(const struct verify_share *share, uint64_t width, const char *pack)
{
	unsigned char bytes[KEY_BYTES];
	uint64_t key = 0;
	hex_parse(pack, bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		key = key << 8 | bytes[i];
	return key - (uint64_t)share->day * width;
}

/* Rounded up, so that there is no gap between one day's and the next. */
static uint64_t width_of(const struct verify_share *share)
{
	return (UINT64_MAX / 100 + 1) * share->percent;
}

bool verify_reads(const struct verifier *verifier, const char *pack)
{
	const struct verify_share *share = &verifier->share;
	uint64_t width = width_of(share);
	return share->percent >= 100 || !strcmp(pack, verifier->nearest) || distance(share, width, pack) < width;
}

static void choose_nearest(struct verifier *verifier, const struct record *record)
{
	uint64_t width = width_of(&verifier->share), best = UINT64_MAX;
	verifier->nearest[0] = '\0';
	for (size_t i = 0; i < record->pack_count; i++) {
		uint64_t here = distance(&verifier->share, width, record->packs[i].id);
		if (*verifier->nearest && here >= best)
			continue;
		best = here;
		memcpy(verifier->nearest, record->packs[i].id, sizeof verifier->nearest);
	}
}

/* ---- packs that were looked at ---- */

void verified_cleanup(struct verified *verified)
{
	free(verified->packs);
	*verified = (struct verified){0};
}

static const char *id_of(const void *item)
{
	return ((const struct verified_pack *)item)->id;
}

/* Borrowed until the next one. */
static struct verified_pack *pack_of(struct verified *verified, const char *id)
{
	size_t count = verified->pack_count;
	size_t place = sorted_place(verified->packs, count, sizeof *verified->packs, id_of, id);
	if (place < count && !strcmp(verified->packs[place].id, id))
		return &verified->packs[place];
	if (!(count & (count - 1)))
		verified->packs = mem_resize(verified->packs, count ? 2 * count : 1, sizeof *verified->packs);
	struct verified_pack *pack = &verified->packs[place];
	memmove(pack + 1, pack, (count - place) * sizeof *pack);
	*pack = (struct verified_pack){0};
	memcpy(pack->id, id, sizeof pack->id);
	verified->pack_count++;
	return pack;
}

/* ---- hashes ---- */

struct hashing {
	struct digest digest;
	struct progress *progress;
	struct str *kept; /* gets the bytes; NULL: they are let go */
	uint64_t size;
};

static fallible hash(void *state, const char *bytes, size_t size)
{
	struct hashing *hashing = state;
	digest_add(&hashing->digest, bytes, size);
	hashing->size += size;
	if (hashing->kept)
		str_add_n(hashing->kept, bytes, size);
	progress_add(hashing->progress, size);
	return NULL;
}

static fallible read_object(const struct verifier *verifier, const char *name, struct object_seal *found,
			    struct str *kept)
{
	struct hashing hashing = {.progress = verifier->progress, .kept = kept};
	const struct sink sink = {hash, &hashing};
	digest_begin(&hashing.digest, NULL);
	TRY(store_get(verifier->repository->store, name, 0, 0, &sink));
	digest_end(&hashing.digest, found->hash);
	found->size = hashing.size;
	return NULL;
}

static bool is_same(const struct object_seal *found, const struct object_seal *seal)
{
	return found->size == seal->size && !memcmp(found->hash, seal->hash, sizeof found->hash);
}

static fallible compare(const char *name, const struct object_seal *seal, const struct object_seal *found,
			struct verify_faults *faults)
{
	return is_same(found, seal) ? NULL : verify_tell(faults, name, "its bytes are not those that were written");
}

static fallible check_object(struct verifier *verifier, const char *name, const struct object_seal *seal)
{
	struct object_seal found;
	struct error *error = read_object(verifier, name, &found, NULL);
	return error ? verify_fault_of(verifier->faults, name, error)
		     : compare(name, seal, &found, verifier->faults);
}

static fallible read_pack(struct verifier *verifier, struct verified_pack *pack, const struct pack_seal *seal,
			  const struct held_items *items)
{
	AUTO(memory) char *name = pack_object(seal->id);
	AUTO(str) struct str bytes = {0};
	bool opens = items && seal->object.size <= MOST_HELD;
	if (opens)
		str_reserve(&bytes, seal->object.size);
	TRY(read_object(verifier, name, &pack->found, opens ? &bytes : NULL));
	pack->read = true;
	verifier->verified.packs_read++;
	/* What is in a damaged one is not worth a look: it may even seem to be encrypted for others. */
	return opens && is_same(&pack->found, &seal->object) ? held_check(verifier, items, seal->id, &bytes) : NULL;
}

static fallible check_pack(struct verifier *verifier, const struct pack_seal *seal, const struct held_items *items)
{
	struct verified_pack *pack = pack_of(&verifier->verified, seal->id);
	if (!verify_reads(verifier, seal->id))
		return NULL;
	AUTO(memory) char *name = pack_object(seal->id);
	if (!pack->read) {
		struct error *error = read_pack(verifier, pack, seal, items);
		if (error)
			return verify_fault_of(verifier->faults, name, error);
	}
	return compare(name, &seal->object, &pack->found, verifier->faults);
}

uint64_t verify_bytes(const struct verifier *verifier, const struct record *record)
{
	uint64_t bytes = record->manifest.size + record->index.size;
	for (size_t i = 0; i < record->pack_count; i++)
		if (verify_reads(verifier, record->packs[i].id))
			bytes += record->packs[i].object.size;
	return bytes;
}

fallible verify_lists(struct verifier *verifier, const struct record *record)
{
	AUTO(memory) char *manifest = manifest_object(record->snapshot);
	AUTO(memory) char *index = index_object(record->snapshot);
	choose_nearest(verifier, record);
	TRY(check_object(verifier, manifest, &record->manifest));
	return record->index.size ? check_object(verifier, index, &record->index) : NULL;
}

fallible verify_packs(struct verifier *verifier, const struct record *record, const struct held_items *items)
{
	for (size_t i = 0; i < record->pack_count; i++)
		TRY(check_pack(verifier, &record->packs[i], items));
	return NULL;
}
