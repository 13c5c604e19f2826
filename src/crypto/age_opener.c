#include <string.h>

#include "base/memory.h"
#include "crypto/age_format.h"

void age_opener_cleanup(struct age_opener *opener)
{
	mem_wipe(opener, sizeof *opener);
}

fallible age_opener_begin(const struct age_identities *identities, const char *bytes, size_t size,
			  struct age_opener *opener)
{
	age_ready();
	AUTO(age_header) struct age_header header = {0};
	AUTO(age_key) struct age_key key;
	size_t taken;
	TRY(age_header_feed(&header, bytes, size, &taken));
	if (!age_header_is_whole(&header))
		return age_header_cut_off(&header);
	TRY(age_header_open(&header, identities, &key));
	*opener = (struct age_opener){.payload = header.text.size};
	memcpy(opener->key, key.bytes, sizeof opener->key);
	return NULL;
}

uint64_t age_chunk_place(const struct age_opener *opener, uint64_t offset)
{
	return opener->payload + offset / AGE_CHUNK_SIZE * AGE_SEALED_SIZE;
}

/* Which sizes a chunk can have: that of a full one, and the last one a smaller one, but an empty one only if it is the
 * only one. */
static bool size_is_right(uint64_t number, bool last, size_t size)
{
	if (!last)
		return size == AGE_SEALED_SIZE;
	return size <= AGE_SEALED_SIZE && size >= AGE_TAG_SIZE + (size_t)(number > 0);
}

fallible age_chunk_damaged(uint64_t place, size_t size)
{
	return error_new(ERR_INPUT, "the age file is damaged in the %zu bytes from %llu on", size,
			 (unsigned long long)place);
}

fallible age_open_chunk(const struct age_opener *opener, uint64_t number, bool last, const char *bytes, size_t size,
			char *plain)
{
	if (!size_is_right(number, last, size) || !age_chunk_open(opener->key, number, last, bytes, size, plain))
		return age_chunk_damaged(opener->payload + number * AGE_SEALED_SIZE, size);
	return NULL;
}
