/* Signatures of RSA as JSON Web Tokens have them ("RS256": RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3), by
 * OpenSSL's libcrypto. */
#ifndef CRYPTO_RS256_H
#define CRYPTO_RS256_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* Appends the signature of `size` bytes by a private key in PEM, without a passphrase. ERR_INPUT: it is no such key of
 * RSA. */
fallible rs256_sign(const char *key, const char *bytes, size_t size, struct str *signature) MUST_CHECK;

#endif
