/* Bech32 (BIP 173) as age uses it: bytes with a prefix that says what they are and a checksum of six characters; of any
 * length; all in lower or all in upper case. */
#ifndef CRYPTO_BECH32_H
#define CRYPTO_BECH32_H

#include <stdbool.h>
#include <stddef.h>

/* "PREFIX1.." in the case of `prefix`; to be released with secret_free. */
char *bech32_encode(const char *prefix, const unsigned char *bytes, size_t size);

/* The bytes of a text of `length` characters; false unless it has just this prefix, in its case, `size` bytes, and its
 * checksum is right. */
bool bech32_decode(const char *text, size_t length, const char *prefix, unsigned char *bytes, size_t size);

#endif
