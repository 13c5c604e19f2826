#include "crypto/sha256.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

_Static_assert(SHA256_SIZE == crypto_hash_sha256_BYTES, "the same digest");

void sha256_of(const void *bytes, size_t size, unsigned char out[static SHA256_SIZE])
{
	if (EVP_Digest(bytes, size, out, NULL, EVP_sha256(), NULL) == 1)
		return;
	ERR_clear_error(); /* out of memory, or configured away */
	crypto_hash_sha256(out, bytes, size);
}
