/* JSON Web Tokens in their compact form (RFC 7515, RFC 7519), with base64url without padding. */
#ifndef CRYPTO_JWT_H
#define CRYPTO_JWT_H

#include <stddef.h>

#include "base/str.h"

void base64url_add(struct str *out, const void *bytes, size_t size);

/* A token of the claims (JSON), signed with "HS256": HMAC with SHA-256, RFC 7518 section 3.2. The key is taken as it
 * is, whatever its length. Released with secret_free. */
char *jwt_hs256(const char *claims, const char *key) MUST_CHECK;

#endif
