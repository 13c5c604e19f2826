#include "crypto/password.h"

#include <crypt.h>
#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/str.h"
#include "base/utf8.h"

#define BCRYPT_COST 12
#define BCRYPT_HASH_LENGTH 60
#define BCRYPT_SETTING_LENGTH 29 /* "$2b$12$" and 22 characters of salt */

/* The parameters of argon2-cffi's default profile, which Open WebUI uses (RFC 9106, low memory), but for the number of
 * lanes: libsodium computes one. */
#define ARGON2_PASSES 3
#define ARGON2_MEMORY ((size_t)65536 * 1024)

fallible password_check_length(const char *password, enum password_algorithm algorithm)
{
	if (!*password)
		return error_hint(error_new(ERR_INPUT, "the password is empty"), "a password has one byte at least");
	if (!utf8_valid(password, strlen(password)))
		return error_hint(error_new(ERR_INPUT, "the password is not UTF-8"),
				  "nobody could sign in with it: browsers send UTF-8; look at the file's encoding");
	if (algorithm == PASSWORD_BCRYPT && strlen(password) > PASSWORD_BCRYPT_LIMIT)
		return error_hint(error_new(ERR_INPUT, "the password has %zu bytes; bcrypt takes %d at most",
					    strlen(password), PASSWORD_BCRYPT_LIMIT),
				  "use a shorter one (a letter with an accent counts as two bytes)");
	return NULL;
}

/* crypt_data is 32 KiB: too much for the stack of many threads, and it holds the password. */
static fallible bcrypt(const char *password, const char *setting, char hash[static PASSWORD_HASH_SIZE])
{
	struct crypt_data *data = mem_new(1, sizeof *data);
	const char *result = crypt_rn(password, setting, data, (int)sizeof *data);
	bool good = result && result[0] != '*' && strlen(result) < PASSWORD_HASH_SIZE;
	if (good)
		memcpy(hash, result, strlen(result) + 1);
	mem_wipe(data, sizeof *data);
	free(data);
	return good ? NULL : error_new(ERR_FAILED, "libcrypt can't compute a bcrypt hash");
}

static fallible argon2(const char *password, char hash[static PASSWORD_HASH_SIZE])
{
	_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for an argon2 hash");
	if (sodium_init() < 0 || crypto_pwhash_str_alg(hash, password, strlen(password), ARGON2_PASSES, ARGON2_MEMORY,
						       crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_hint(error_new(ERR_FAILED, "libsodium can't compute an argon2 hash"),
				  "it needs 64 MiB of memory for each hash");
	return NULL;
}

fallible password_hash(const char *password, enum password_algorithm algorithm, char hash[static PASSWORD_HASH_SIZE])
{
	TRY(password_check_length(password, algorithm));
	if (algorithm == PASSWORD_ARGON2)
		return argon2(password, hash);
	char salt[16], setting[CRYPT_GENSALT_OUTPUT_SIZE];
	random_bytes(salt, sizeof salt);
	if (!crypt_gensalt_rn("$2b$", BCRYPT_COST, salt, (int)sizeof salt, setting, (int)sizeof setting))
		return error_new(ERR_FAILED, "libcrypt knows no bcrypt");
	return bcrypt(password, setting, hash);
}

static bool is_bcrypt(const char *text)
{
	return text[0] == '$' && text[1] == '2' && text[2] && strchr("aby", text[2]) && text[3] == '$' &&
	       isdigit((unsigned char)text[4]) && isdigit((unsigned char)text[5]) && text[6] == '$' &&
	       strlen(text) == BCRYPT_HASH_LENGTH &&
	       strspn(text + 7, "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
		       BCRYPT_HASH_LENGTH - 7;
}

/* libsodium reads all of it, even where it would not make such a hash itself. */
static bool is_argon2(const char *text)
{
	return text_starts(text, "$argon2i") && strlen(text) < crypto_pwhash_STRBYTES &&
	       crypto_pwhash_str_needs_rehash(text, ARGON2_PASSES, ARGON2_MEMORY) >= 0;
}

bool password_is_hash(const char *text)
{
	return is_bcrypt(text) || is_argon2(text);
}

bool password_matches(const char *password, const char *hash)
{
	if (text_starts(hash, "$argon2"))
		return sodium_init() >= 0 && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	if (!is_bcrypt(hash))
		return false;
	AUTO(secret) char *seen = text_copy_n(password, strnlen(password, PASSWORD_BCRYPT_LIMIT));
	char setting[BCRYPT_SETTING_LENGTH + 1], computed[PASSWORD_HASH_SIZE];
	memcpy(setting, hash, BCRYPT_SETTING_LENGTH);
	setting[BCRYPT_SETTING_LENGTH] = '\0';
	struct error *error = bcrypt(seen, setting, computed);
	bool same = !error && sodium_memcmp(computed, hash, BCRYPT_HASH_LENGTH) == 0;
	error_ignore(error);
	mem_wipe(computed, sizeof computed);
	return same;
}
