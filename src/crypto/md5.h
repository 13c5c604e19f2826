/* MD5 (RFC 1321), which protects nothing: Azure and Google take no other sum of what they are sent. By OpenSSL's
 * libcrypto. */
#ifndef CRYPTO_MD5_H
#define CRYPTO_MD5_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

#define MD5_SIZE 16

/* False where libcrypto may have none (FIPS). */
bool md5_of(const void *bytes, size_t size, unsigned char out[static MD5_SIZE]) MUST_CHECK;

#endif
