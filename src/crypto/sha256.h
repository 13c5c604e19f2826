/* SHA-256 (FIPS 180-4), as S3 and Google want to have what they are sent. By OpenSSL's libcrypto, which uses the
 * processor's own instructions for it: libsodium's takes five times as long. */
#ifndef CRYPTO_SHA256_H
#define CRYPTO_SHA256_H

#include <stddef.h>

#define SHA256_SIZE 32

void sha256_of(const void *bytes, size_t size, unsigned char out[static SHA256_SIZE]);

#endif
