#include "backup/fetch.h"

#include <string.h>

#include "base/memory.h"

/* The beginning of a pack: its header, for as many recipients as anybody has. */
#define HEAD_SIZE 65536

#define SEALED_CHUNK (AGE_CHUNK_SIZE + AGE_TAG_SIZE)

void fetcher_cleanup(struct fetcher *fetcher)
{
	age_opener_cleanup(&fetcher->opener);
	decompressor_cleanup(&fetcher->decompressor);
}

/* ---- the object ---- */

static bool is_held(const struct fetcher *fetcher, const char *pack)
{
	return fetcher->held && !strcmp(fetcher->held_pack, pack);
}

/* Its size, and its beginning. */
static fallible read_head(const struct fetcher *fetcher, const char *pack, uint64_t *size, struct str *head)
{
	const struct sink sink = sink_into(head);
	struct store_object about;
	bool found;
	if (is_held(fetcher, pack)) {
		*size = fetcher->held->size;
		str_add_n(head, fetcher->held->data, *size < HEAD_SIZE ? (size_t)*size : HEAD_SIZE);
		return NULL;
	}
	AUTO(memory) char *object = pack_object(pack);
	TRY(store_look(fetcher->repository->store, object, &found, &about));
	if (!found)
		return error_new(ERR_INPUT, "it is not there");
	*size = about.size;
	return store_get(fetcher->repository->store, object, 0, HEAD_SIZE, &sink);
}

static fallible open_pack(struct fetcher *fetcher, const char *pack)
{
	if (!strcmp(fetcher->pack, pack))
		return NULL;
	AUTO(str) struct str head = {0};
	uint64_t size = 0;
	TRY(read_head(fetcher, pack, &size, &head));
	age_opener_cleanup(&fetcher->opener);
	fetcher->pack[0] = '\0';
	TRY(age_opener_begin(fetcher->identities, str_text(&head), head.size, &fetcher->opener));
	memcpy(fetcher->pack, pack, sizeof fetcher->pack);
	fetcher->pack_size = size;
	return NULL;
}

static fallible open_chunks(const struct fetcher *fetcher, uint64_t first, const char *sealed, size_t sealed_size,
			    struct str *plain)
{
	uint64_t place = age_chunk_place(&fetcher->opener, first * AGE_CHUNK_SIZE);
	str_reserve(plain, sealed_size);
	for (size_t at = 0; at < sealed_size; first++) {
		size_t left = sealed_size - at, size = left < SEALED_CHUNK ? left : SEALED_CHUNK;
		bool last = place + at + size == fetcher->pack_size;
		TRY(age_open_chunk(&fetcher->opener, first, last, sealed + at, size, plain->data + plain->size));
		plain->size += size - AGE_TAG_SIZE;
		at += size;
	}
	return NULL;
}

/* Whole chunks of the object. */
static fallible read_chunks(const struct fetcher *fetcher, const struct place *place, uint64_t begin, uint64_t size,
			    struct str *plain)
{
	uint64_t first = place->offset / AGE_CHUNK_SIZE;
	if (is_held(fetcher, place->pack))
		return open_chunks(fetcher, first, fetcher->held->data + begin, size, plain);
	AUTO(memory) char *object = pack_object(place->pack);
	AUTO(str) struct str sealed = {0};
	const struct sink sink = sink_into(&sealed);
	str_reserve(&sealed, size);
	TRY(store_get(fetcher->repository->store, object, begin, size, &sink));
	return open_chunks(fetcher, first, sealed.data, sealed.size, plain);
}

/* The chunks that have the place, and of them what is its own. */
static fallible read_place(const struct fetcher *fetcher, const struct place *place, struct str *plain, size_t *from)
{
	uint64_t end = place->offset + place->size;
	uint64_t first = place->offset / AGE_CHUNK_SIZE, count = (end + AGE_CHUNK_SIZE - 1) / AGE_CHUNK_SIZE - first;
	uint64_t begin = age_chunk_place(&fetcher->opener, place->offset);
	uint64_t size = count * SEALED_CHUNK;
	if (end < place->offset || begin >= fetcher->pack_size)
		return error_new(ERR_INPUT, "it is too short");
	if (size > fetcher->pack_size - begin)
		size = fetcher->pack_size - begin;
	TRY(read_chunks(fetcher, place, begin, size, plain));
	*from = (size_t)(place->offset % AGE_CHUNK_SIZE);
	return plain->size < *from + place->size ? error_new(ERR_INPUT, "it is too short") : NULL;
}

/* ---- what is in it ---- */

static fallible fetch_checked(struct fetcher *fetcher, const struct place *place, uint64_t limit,
			      const struct sink *out)
{
	AUTO(str) struct str plain = {0};
	unsigned char hash[DIGEST_SIZE];
	size_t from = 0;
	if (!place->size)
		return NULL;
	TRY(open_pack(fetcher, place->pack));
	TRY(read_place(fetcher, place, &plain, &from));
	digest_of(plain.data + from, place->size, hash);
	if (memcmp(hash, place->hash, sizeof hash) != 0)
		return error_new(ERR_INPUT, "what is in it is not what was written");
	if (place->compressed)
		return decompress(&fetcher->decompressor, plain.data + from, place->size, limit, out);
	return place->size > limit ? error_new(ERR_INPUT, "there is more in it than there should be")
				   : sink_take(out, plain.data + from, place->size);
}

fallible fetch(struct fetcher *fetcher, const struct place *place, uint64_t limit, const struct sink *out)
{
	if (!is_held(fetcher, place->pack))
		progress_add(fetcher->progress, place->size);
	return error_wrap(fetch_checked(fetcher, place, limit, out), "pack %s", place->pack);
}
