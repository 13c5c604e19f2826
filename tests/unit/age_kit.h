/* Age files byte by byte, right and wrong ones: written from https://c2sp.org/age alone, and not by what is tested. The
 * kinds of cases are those of the test vectors of C2SP/CCTV. */
#ifndef UNIT_AGE_KIT_H
#define UNIT_AGE_KIT_H

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "crypto/age.h"

#define KIT_LETTERS 64

struct kit {
	struct str file;
	const char *file_key;
	unsigned char stream[32];
	uint64_t number; /* of the next chunk */
	uint64_t drawn;  /* how often random bytes were */
	struct str plain; /* of the chunks so far */
};

static inline void kit_cleanup(struct kit *kit)
{
	str_cleanup(&kit->file);
	str_cleanup(&kit->plain);
}

/* The same in each run. */
static inline void kit_random(struct kit *kit, void *bytes, size_t size)
{
	unsigned char seed[randombytes_SEEDBYTES] = {0};
	memcpy(seed, &kit->drawn, sizeof kit->drawn);
	kit->drawn++;
	randombytes_buf_deterministic(bytes, size, seed);
}

static inline void kit_base64(struct kit *kit, const void *bytes, size_t size)
{
	const int unpadded = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	char text[KIT_LETTERS];
	str_add(&kit->file, sodium_bin2base64(text, sizeof text, bytes, size, unpadded));
}

static inline void kit_hkdf(const void *secret, size_t size, const void *salt, size_t salt_size, const char *info,
			    unsigned char key[static 32])
{
	unsigned char extracted[32];
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, salt, salt_size);
	crypto_auth_hmacsha256_update(&state, secret, size);
	crypto_auth_hmacsha256_final(&state, extracted);
	AUTO(memory) char *block = text_format("%s\1", info);
	crypto_auth_hmacsha256(key, (const unsigned char *)block, strlen(block), extracted);
}

static inline void kit_seal(struct kit *kit, const unsigned char *key, const unsigned char *nonce, const void *plain,
			    size_t size, struct str *out)
{
	(void)kit;
	AUTO(memory) unsigned char *sealed = mem_new(size + 16, 1);
	crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, plain, size, NULL, 0, NULL, nonce, key);
	str_add_n(out, (const char *)sealed, size + 16);
}

/* ---- the header ---- */

static inline void kit_begin(struct kit *kit)
{
	*kit = (struct kit){.file_key = "YELLOW SUBMARINE"};
	str_add(&kit->file, "age-encryption.org/v1\n");
}

/* A stanza with this share, whoever knows its secret, whose key can be unwrapped with `identity`. */
static inline void kit_stanza(struct kit *kit, const unsigned char *share, const unsigned char *identity)
{
	static const unsigned char zeroes[12];
	unsigned char salt[64], shared[32] = {0}, key[32];
	AUTO(str) struct str body = {0};
	memcpy(salt, share, 32);
	crypto_scalarmult_base(salt + 32, identity);
	if (crypto_scalarmult(shared, identity, share) != 0)
		memset(shared, 0, sizeof shared);
	kit_hkdf(shared, 32, salt, 64, "age-encryption.org/v1/X25519", key);
	kit_seal(kit, key, zeroes, kit->file_key, strlen(kit->file_key), &body);
	str_add(&kit->file, "-> X25519 ");
	kit_base64(kit, share, 32);
	str_add(&kit->file, "\n");
	kit_base64(kit, body.data, body.size);
	str_add(&kit->file, "\n");
}

static inline void kit_x25519(struct kit *kit, const unsigned char *identity)
{
	unsigned char ephemeral[32], share[32];
	kit_random(kit, ephemeral, sizeof ephemeral);
	crypto_scalarmult_base(share, ephemeral);
	kit_stanza(kit, share, identity);
}

static inline void kit_mac(struct kit *kit)
{
	unsigned char key[32], mac[32];
	str_add(&kit->file, "---");
	kit_hkdf(kit->file_key, strlen(kit->file_key), "", 0, "header", key);
	crypto_auth_hmacsha256(mac, (const unsigned char *)kit->file.data, kit->file.size, key);
	str_add(&kit->file, " ");
	kit_base64(kit, mac, sizeof mac);
	str_add(&kit->file, "\n");
}

/* Takes the last line away, and gives it without its newline; to be freed. */
static inline char *kit_take_line(struct kit *kit)
{
	size_t end = kit->file.size - 1, begin = end;
	while (begin && kit->file.data[begin - 1] != '\n')
		begin--;
	char *line = text_copy_n(kit->file.data + begin, end - begin);
	kit->file.size = begin;
	kit->file.data[begin] = '\0';
	return line;
}

/* Sets a bit at the end of a base64 text that stands for nothing. */
static inline void kit_break_last_letter(char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *last = text + strlen(text) - 1;
	*last = *(strchr(letters, *last) + 1);
}

/* ---- the payload ---- */

static inline void kit_nonce(struct kit *kit)
{
	unsigned char nonce[16];
	kit_random(kit, nonce, sizeof nonce);
	str_add_n(&kit->file, (const char *)nonce, sizeof nonce);
	kit_hkdf(kit->file_key, strlen(kit->file_key), nonce, sizeof nonce, "payload", kit->stream);
}

static inline void kit_chunk_of(struct kit *kit, const char *plain, size_t size, bool last)
{
	unsigned char nonce[12] = {0};
	for (unsigned i = 0; i < 8; i++)
		nonce[10 - i] = (unsigned char)(kit->number >> 8 * i & 255);
	nonce[11] = last;
	kit->number++;
	str_add_n(&kit->plain, plain, size);
	kit_seal(kit, kit->stream, nonce, plain, size, &kit->file);
}

static inline void kit_chunk(struct kit *kit, size_t size, bool last)
{
	AUTO(memory) char *plain = mem_new(size, 1);
	kit_random(kit, plain, size);
	kit_chunk_of(kit, plain, size, last);
}

static inline void kit_garbage(struct kit *kit, size_t size)
{
	char bytes[64];
	assert(size <= sizeof bytes);
	kit_random(kit, bytes, size);
	str_add_n(&kit->file, bytes, size);
}

static inline void kit_payload(struct kit *kit)
{
	kit_nonce(kit);
	kit_chunk_of(kit, "age", 3, true);
}

/* ---- reading ---- */

/* A sink that keeps what it is given. */
static inline fallible kit_keep(void *state, const char *bytes, size_t size)
{
	str_add_n(state, bytes, size);
	return NULL;
}

static inline fallible kit_feed(struct age_reader *reader, const char *bytes, size_t size, size_t piece)
{
	for (size_t at = 0; at < size; at += piece)
		TRY(age_feed(reader, bytes + at, size - at < piece ? size - at : piece));
	return age_feed_end(reader);
}

/* Reads a file in pieces of `piece` bytes; what came out is in `plain`. */
static inline fallible kit_read(const struct age_identities *identities, const char *bytes, size_t size, size_t piece,
				struct str *plain)
{
	struct sink sink = {kit_keep, plain};
	AUTO(age_reader) struct age_reader *reader = age_reader_new(identities, &sink);
	return kit_feed(reader, bytes, size, piece);
}

#endif
