/* BLAKE2b (RFC 7693) with a digest of 32 bytes, as `b2sum -l 256` prints it: of what comes piece by piece, or keyed, as
 * a message authentication code. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include <sodium.h>

#define DIGEST_SIZE 32
#define DIGEST_TEXT_SIZE (2 * DIGEST_SIZE + 1)

struct digest {
	crypto_generichash_state state;
};

/* `key`: DIGEST_SIZE bytes, or NULL. */
void digest_begin(struct digest *digest, const unsigned char *key);
void digest_add(struct digest *digest, const void *bytes, size_t size);
void digest_end(struct digest *digest, unsigned char out[static DIGEST_SIZE]);

void digest_of(const void *bytes, size_t size, unsigned char out[static DIGEST_SIZE]);

/* `size` bytes as hexadecimal digits in lower case, and NUL. */
void hex_text(const unsigned char *bytes, size_t size, char *text);
/* Reads exactly 2 * `size` digits, lower case; false if `text` does not begin with them. */
bool hex_parse(const char *text, unsigned char *bytes, size_t size);

#endif
