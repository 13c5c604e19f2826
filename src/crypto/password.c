#include "crypto/password.h"

#include <crypt.h>
#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "base/bounded.h"
#include "base/cancel.h"
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

/* A form in a browser takes no line break, and no control character but a tabulator, which can be pasted. */
static fallible check_characters(const char *password)
{
	for (const char *c = password; *c; c++) {
		if (*c == '\n' || *c == '\r')
			return error_hint(error_new(ERR_INPUT, "the password has several lines"),
					  "nobody could type it: give it once, on one line");
		if (iscntrl((unsigned char)*c) && *c != '\t')
			return error_hint(error_new(ERR_INPUT, "the password holds a control character"),
					  "nobody could type it: look at what wrote it (an escape sequence)");
	}
	return NULL;
}

fallible password_check_length(const char *password, enum password_algorithm algorithm)
{
	if (!*password)
		return error_hint(error_new(ERR_INPUT, "the password is empty"), "a password has one byte at least");
	if (!utf8_valid(password, strlen(password)))
		return error_hint(error_new(ERR_INPUT, "the password is not UTF-8"),
				  "nobody could sign in with it: browsers send UTF-8; look at the file's encoding");
	TRY(check_characters(password));
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

/* ---- a stored hash says how much work it is to be checked, and may come from anybody ---- */

#define MOST_BCRYPT_COST 17 /* some seconds; each one more doubles them */
#define MOST_ARGON2_MEMORY ((unsigned long)256 * 1024) /* KiB: four times what a server takes */
#define MOST_ARGON2_WORK (4 * MOST_ARGON2_MEMORY)      /* KiB times passes: some seconds; a server takes 0.2 GiB */
#define MOST_ARGON2_LANES 64
#define LONGEST_CHECK_MS 600000 /* on a machine that is busy or slow */

static fallible asks_too_much(const char *what, unsigned long asked, unsigned long most)
{
	return error_hint(error_new(ERR_INPUT, "the stored hash asks for %s %lu, more than %lu", what, asked, most),
			  "the server makes no such hash itself: set a new password (owctl user passwd)");
}

static fallible check_bcrypt(const char *hash)
{
	unsigned long cost = strtoul(hash + 4, NULL, 10);
	return cost > MOST_BCRYPT_COST ? asks_too_much("a bcrypt cost of", cost, MOST_BCRYPT_COST) : NULL;
}

/* The number behind `name`, "m=" in "$m=65536,t=3,p=4$". */
enum password_algorithm password_hash_algorithm(const char *hash)
{
	return text_starts(hash, "$argon2") ? PASSWORD_ARGON2 : PASSWORD_BCRYPT;
}

static unsigned long argon2_number(const char *hash, const char *name)
{
	const char *at = strstr(hash, name);
	return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

static fallible check_argon2(const char *hash)
{
	unsigned long memory = argon2_number(hash, "$m="), passes = argon2_number(hash, ",t=");
	unsigned long lanes = argon2_number(hash, ",p=");
	if (memory > MOST_ARGON2_MEMORY)
		return asks_too_much("an argon2 memory (KiB) of", memory, MOST_ARGON2_MEMORY);
	if (memory && passes > MOST_ARGON2_WORK / memory)
		return asks_too_much("a number of argon2 passes of", passes, MOST_ARGON2_WORK / memory);
	return lanes > MOST_ARGON2_LANES ? asks_too_much("a number of argon2 lanes of", lanes, MOST_ARGON2_LANES)
					 : NULL;
}

fallible password_check_cost(const char *hash)
{
	if (is_bcrypt(hash))
		return check_bcrypt(hash);
	return password_hash_algorithm(hash) == PASSWORD_ARGON2 ? check_argon2(hash) : NULL;
}

static fallible bcrypt_matches(const char *password, const char *hash, bool *matches)
{
	AUTO(secret) char *seen = text_copy_n(password, strnlen(password, PASSWORD_BCRYPT_LIMIT));
	char setting[BCRYPT_SETTING_LENGTH + 1], computed[PASSWORD_HASH_SIZE];
	memcpy(setting, hash, BCRYPT_SETTING_LENGTH);
	setting[BCRYPT_SETTING_LENGTH] = '\0';
	struct error *error = bcrypt(seen, setting, computed);
	if (!error)
		*matches = sodium_memcmp(computed, hash, BCRYPT_HASH_LENGTH) == 0;
	mem_wipe(computed, sizeof computed);
	return error;
}

/* A check, on a thread that can be left behind. */
struct check {
	char *password, *hash;
	bool matches;
	struct error *error;
};

static void run_check(void *state)
{
	struct check *check = state;
	if (is_bcrypt(check->hash))
		check->error = bcrypt_matches(check->password, check->hash, &check->matches);
	else
		check->matches = password_hash_algorithm(check->hash) == PASSWORD_ARGON2 && sodium_init() >= 0 &&
				 crypto_pwhash_str_verify(check->hash, check->password, strlen(check->password)) == 0;
}

static void check_free(void *state)
{
	struct check *check = state;
	secret_free(check->password);
	secret_free(check->hash);
	error_free(check->error);
	free(check);
}

fallible password_matches(const char *password, const char *hash, bool *matches)
{
	TRY(password_check_cost(hash));
	struct check *check = mem_new(1, sizeof *check);
	*check = (struct check){.password = text_copy(password), .hash = text_copy(hash)};
	if (!bounded_run(run_check, check_free, check, LONGEST_CHECK_MS, 0)) {
		TRY(cancel_check());
		return error_new(ERR_FAILED, "checking the stored hash takes longer than %d s",
				 LONGEST_CHECK_MS / 1000);
	}
	struct error *error = check->error;
	check->error = NULL;
	*matches = check->matches;
	check_free(check);
	return error;
}
