/* Keys from keys, and what they seal: all that age asks of libsodium is in this file. */
#include <sodium.h>
#include <string.h>

#include "base/memory.h"
#include "crypto/age_format.h"

_Static_assert(AGE_KEY_SIZE == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "a key of ChaCha20-Poly1305");
_Static_assert(AGE_KEY_SIZE == crypto_scalarmult_BYTES, "a point of Curve25519");
_Static_assert(AGE_KEY_SIZE == crypto_auth_hmacsha256_BYTES, "a digest of SHA-256");
_Static_assert(AGE_TAG_SIZE == crypto_aead_chacha20poly1305_ietf_ABYTES, "a tag of Poly1305");

void age_ready(void)
{
	if (sodium_init() < 0)
		abort(); /* it can't take a lock */
}

void age_key_cleanup(struct age_key *key)
{
	mem_wipe(key, sizeof *key);
}

void age_file_key_cleanup(struct age_file_key *key)
{
	mem_wipe(key, sizeof *key);
}

struct bytes {
	const void *at;
	size_t size;
};

static void hmac(struct bytes key, struct bytes first, struct bytes second, unsigned char mac[static AGE_KEY_SIZE])
{
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key.at, key.size);
	crypto_auth_hmacsha256_update(&state, first.at, first.size);
	crypto_auth_hmacsha256_update(&state, second.at, second.size);
	crypto_auth_hmacsha256_final(&state, mac);
	mem_wipe(&state, sizeof state);
}

/* HKDF with SHA-256 (RFC 5869) for 32 bytes, which are its first block. */
static void hkdf(struct bytes secret, struct bytes salt, const char *info, struct age_key *key)
{
	AUTO(age_key) struct age_key extracted;
	static const unsigned char first_block = 1;
	hmac(salt, secret, (struct bytes){"", 0}, extracted.bytes);
	hmac((struct bytes){extracted.bytes, sizeof extracted.bytes}, (struct bytes){info, strlen(info)},
	     (struct bytes){&first_block, 1}, key->bytes);
}

bool age_wrap_key(const unsigned char secret[static AGE_KEY_SIZE], const unsigned char point[static AGE_KEY_SIZE],
		  const unsigned char share[static AGE_KEY_SIZE], const unsigned char recipient[static AGE_KEY_SIZE],
		  struct age_key *key)
{
	AUTO(age_key) struct age_key shared;
	if (crypto_scalarmult(shared.bytes, secret, point) != 0 || sodium_is_zero(shared.bytes, sizeof shared.bytes))
		return false;
	unsigned char salt[2 * AGE_KEY_SIZE];
	memcpy(salt, share, AGE_KEY_SIZE);
	memcpy(salt + AGE_KEY_SIZE, recipient, AGE_KEY_SIZE);
	hkdf((struct bytes){shared.bytes, sizeof shared.bytes}, (struct bytes){salt, sizeof salt},
	     "age-encryption.org/v1/X25519", key);
	return true;
}

void age_payload_key(const struct age_file_key *file_key, const unsigned char nonce[static AGE_NONCE_SIZE],
		     struct age_key *key)
{
	hkdf((struct bytes){file_key->bytes, sizeof file_key->bytes}, (struct bytes){nonce, AGE_NONCE_SIZE}, "payload",
	     key);
}

void age_header_mac(const struct age_file_key *file_key, const char *header, size_t size,
		    unsigned char mac[static AGE_KEY_SIZE])
{
	AUTO(age_key) struct age_key key;
	hkdf((struct bytes){file_key->bytes, sizeof file_key->bytes}, (struct bytes){"", 0}, "header", &key);
	hmac((struct bytes){key.bytes, sizeof key.bytes}, (struct bytes){header, size}, (struct bytes){"", 0}, mac);
}

/* ---- chunks ---- */

/* Eleven bytes count the chunks, the highest first; the twelfth tells the last one. */
static void chunk_nonce(uint64_t number, bool last, unsigned char nonce[static 12])
{
	memset(nonce, 0, 12);
	for (unsigned i = 0; i < sizeof number; i++)
		nonce[10 - i] = (unsigned char)(number >> 8 * i);
	nonce[11] = last;
}

void age_chunk_seal(const unsigned char key[static AGE_KEY_SIZE], uint64_t number, bool last, const char *plain,
		    size_t size, char *sealed)
{
	unsigned char nonce[12];
	chunk_nonce(number, last, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt((unsigned char *)sealed, NULL, (const unsigned char *)plain, size,
						  NULL, 0, NULL, nonce, key);
}

bool age_chunk_open(const unsigned char key[static AGE_KEY_SIZE], uint64_t number, bool last, const char *sealed,
		    size_t size, char *plain)
{
	unsigned char nonce[12];
	chunk_nonce(number, last, nonce);
	return crypto_aead_chacha20poly1305_ietf_decrypt((unsigned char *)plain, NULL, NULL,
							 (const unsigned char *)sealed, size, NULL, 0, nonce,
							 key) == 0;
}
