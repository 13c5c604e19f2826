/* Password hashes as Open WebUI keeps them: bcrypt `$2b$12$` (libcrypt) by default, argon2id (libsodium) where the
 * installation sets PASSWORD_HASH_ALGORITHM=argon2 (from 0.10 on). */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define PASSWORD_BCRYPT_LIMIT 72 /* bytes that bcrypt looks at; Open WebUI refuses longer new passwords */
#define PASSWORD_HASH_SIZE 192   /* room for any hash that password_hash makes, with its NUL */

enum password_algorithm { PASSWORD_BCRYPT, PASSWORD_ARGON2 };

/* ERR_INPUT for a password that the algorithm can't take (empty, not UTF-8, or over 72 bytes with bcrypt), or that
 * nobody could type into the form (several lines, other control characters). */
fallible password_check_length(const char *password, enum password_algorithm algorithm) MUST_CHECK;

/* Hashes with a fresh salt. Takes about 0.2 s of a core; safe to run on many threads. */
fallible password_hash(const char *password, enum password_algorithm algorithm, char hash[static PASSWORD_HASH_SIZE])
	MUST_CHECK;

/* ERR_INPUT for a hash that asks for more work than any that a server makes: a bcrypt cost over 17, argon2 with over
 * 256 MiB, 64 lanes, or 1 GiB times passes. A hash may come from anybody. */
fallible password_check_cost(const char *hash) MUST_CHECK;

/* Whether the release would accept this password for this hash: bcrypt sees the first 72 bytes only, argon2 sees all.
 * An empty or unknown hash is never matched. ERR_INPUT as above; ERR_FAILED where libcrypt can't tell: a cost below 4,
 * or a system that forbids bcrypt; ERR_INTERRUPTED. */
fallible password_matches(const char *password, const char *hash, bool *matches) MUST_CHECK;

/* What made a hash, by its first letters; everything but argon2 counts as bcrypt. */
enum password_algorithm password_hash_algorithm(const char *hash);

/* Whether a text has the shape of a hash that the release can verify ($2a$, $2b$, $2y$ with 60 characters, $argon2). */
bool password_is_hash(const char *text);

#endif
