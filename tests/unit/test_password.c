/* Password hashes: which shapes are taken, and that what other programs hashed is matched. The hashes were made by
 * Python's bcrypt and argon2-cffi. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "crypto/password.h"

#define CLEAN __attribute__((unused)) void **state

#define SEVENTY_TWO "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define BCRYPT_REST "$04$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm6"
#define BCRYPT_OF_72 "$2b$04$S54/L.YHr62sDeYnHSSoa.wE7NmjFZmbo.dEi86n9BGRCbjzpInja"
#define ARGON2ID "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHQ$cIWivas3DgHe/rG6Ssaqhw"
#define ARGON2I "$argon2i$v=19$m=64,t=3,p=1$c2FsdHNhbHQ$xb4MoKe7ZFbvLF72dT6QNw"

static const struct {
	const char *password, *hash;
	bool matches;
} pairs[] = {
	{"correct horse", "$2a" BCRYPT_REST, true},
	{"correct horse", "$2b" BCRYPT_REST, true},
	{"correct horse", "$2y" BCRYPT_REST, true},
	{"correct horsf", "$2b" BCRYPT_REST, false},
	{"", "$2b" BCRYPT_REST, false},
	{"correct horse", "", false},
	{"correct horse", "correct horse", false},
	/* bcrypt sees 72 bytes, and so does a release that signs in somebody with a longer password */
	{SEVENTY_TWO, BCRYPT_OF_72, true},
	{SEVENTY_TWO "y", BCRYPT_OF_72, true},
	{SEVENTY_TWO "yyyyyyyyyyyyyyyy", BCRYPT_OF_72, true},
	{"y" SEVENTY_TWO, BCRYPT_OF_72, false},
	{"correct horse", ARGON2ID, true},
	{"correct horsf", ARGON2ID, false},
	{"correct horse", ARGON2I, true},
};

static bool matches(const char *password, const char *hash)
{
	bool found = false;
	assert_null(password_matches(password, hash, &found));
	return found;
}

static void matching(CLEAN)
{
	for (size_t i = 0; i < COUNT(pairs); i++)
		assert_int_equal(matches(pairs[i].password, pairs[i].hash), pairs[i].matches);
}

static void every_character_of_the_hash_counts(CLEAN)
{
	char hash[] = "$2b" BCRYPT_REST;
	char *last = hash + strlen(hash) - 1;
	*last = '7';
	assert_false(matches("correct horse", hash));
}

#define BCRYPT_SALTED "QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm6"
#define ARGON2_SALTED "$c2FsdHNhbHQ$xb4MoKe7ZFbvLF72dT6QNw"

static const struct {
	const char *hash, *message; /* NULL: fine */
} costs[] = {
	{"$2b$17$" BCRYPT_SALTED, NULL},
	{"$2b$18$" BCRYPT_SALTED, "the stored hash asks for a bcrypt cost of 18, more than 17"},
	{"$2b$31$" BCRYPT_SALTED, "the stored hash asks for a bcrypt cost of 31, more than 17"},
	{"$argon2id$v=19$m=262144,t=4,p=4" ARGON2_SALTED, NULL},
	{"$argon2id$v=19$m=262145,t=1,p=1" ARGON2_SALTED,
	 "the stored hash asks for an argon2 memory (KiB) of 262145, more than 262144"},
	{"$argon2i$v=19$m=262144,t=5,p=1" ARGON2_SALTED,
	 "the stored hash asks for a number of argon2 passes of 5, more than 4"},
	{"$argon2i$v=19$m=64,t=4294967295,p=1" ARGON2_SALTED,
	 "the stored hash asks for a number of argon2 passes of 4294967295, more than 16384"},
	{"$argon2id$v=19$m=65536,t=1,p=65" ARGON2_SALTED,
	 "the stored hash asks for a number of argon2 lanes of 65, more than 64"},
	{"$argon2id$v=19$m=99999999999999999999,t=1,p=1" ARGON2_SALTED,
	 "the stored hash asks for an argon2 memory (KiB) of 18446744073709551615, more than 262144"},
	{"", NULL},
	{"$argon2id$", NULL},
};

static void costs_have_limits(CLEAN)
{
	for (size_t i = 0; i < COUNT(costs); i++) {
		AUTO(error) struct error *error = password_check_cost(costs[i].hash);
		AUTO(memory) char *text = error_text(error);
		assert_string_equal(text, costs[i].message ? costs[i].message : "");
		bool found = true;
		AUTO(error) struct error *same = costs[i].message ? password_matches("x", costs[i].hash, &found) : NULL;
		assert_int_equal(same != NULL, costs[i].message != NULL);
	}
}

static void what_cannot_be_computed_is_no_mismatch(CLEAN)
{
	bool found;
	AUTO(error) struct error *error = password_matches("x", "$2b$03$" BCRYPT_SALTED, &found);
	assert_string_equal(error->message, "libcrypt can't compute a bcrypt hash");
}

static const struct {
	const char *text;
	bool hash;
} shapes[] = {
	{"$2a" BCRYPT_REST, true},
	{"$2b" BCRYPT_REST, true},
	{"$2y" BCRYPT_REST, true},
	{"$2x" BCRYPT_REST, false},
	{"$2" BCRYPT_REST, false},
	{"$2b" BCRYPT_REST "6", false},
	{"$2b$04$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm", false},
	{"$2b$04$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm!", false},
	{"$2b$04$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm\n", false},
	{"$2b$x4$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm6", false},
	{"$2b$04$", false},
	{"", false},
	{ARGON2ID, true},
	{ARGON2I, true},
	{ARGON2ID "x=", false},
	{"$argon2id$", false},
	{"$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHQ", false},
};

static void shapes_of_hashes(CLEAN)
{
	for (size_t i = 0; i < COUNT(shapes); i++)
		assert_int_equal(password_is_hash(shapes[i].text), shapes[i].hash);
}

static void assert_refused(const char *password, enum password_algorithm algorithm, bool refused)
{
	AUTO(error) struct error *error = password_check_length(password, algorithm);
	assert_int_equal(error != NULL, refused);
}

static void passwords_that_can_be_hashed(CLEAN)
{
	assert_refused("x", PASSWORD_BCRYPT, false);
	assert_refused("", PASSWORD_BCRYPT, true);
	assert_refused("", PASSWORD_ARGON2, true);
	assert_refused(SEVENTY_TWO, PASSWORD_BCRYPT, false);
	assert_refused(SEVENTY_TWO "x", PASSWORD_BCRYPT, true);
	assert_refused(SEVENTY_TWO "x", PASSWORD_ARGON2, false);
	assert_refused("\xff", PASSWORD_BCRYPT, true);
	assert_refused("\xff", PASSWORD_ARGON2, true);
	assert_refused("pw1\npw1", PASSWORD_BCRYPT, true);
	assert_refused("pw1\r", PASSWORD_ARGON2, true);
	assert_refused("pw\t1", PASSWORD_BCRYPT, false); /* a server takes it: tests/real/test_password_rules.py */
	assert_refused("pw\x7f", PASSWORD_BCRYPT, true);
	assert_refused("two words, caf\xc3\xa9", PASSWORD_BCRYPT, false);
}

/* As the release would make it, but for argon2's number of lanes: libsodium computes one. */
static void own_hashes(CLEAN)
{
	static const struct {
		enum password_algorithm algorithm;
		const char *begin;
	} cases[] = {{PASSWORD_BCRYPT, "$2b$12$"}, {PASSWORD_ARGON2, "$argon2id$v=19$m=65536,t=3,p=1$"}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char first[PASSWORD_HASH_SIZE], second[PASSWORD_HASH_SIZE];
		assert_null(password_hash("correct horse", cases[i].algorithm, first));
		assert_null(password_hash("correct horse", cases[i].algorithm, second));
		assert_string_not_equal(first, second);
		assert_memory_equal(first, cases[i].begin, strlen(cases[i].begin));
		assert_true(password_is_hash(first));
		assert_true(matches("correct horse", first));
		assert_false(matches("correct horsf", first));
	}
}

/* The last test: this process stays cancelled. */
static void a_signal_ends_a_costly_check(CLEAN)
{
	cancel_install();
	raise(SIGINT);
	bool found = false;
	int64_t before = clock_monotonic_ms();
	AUTO(error) struct error *error = password_matches("x", "$2b$17$" BCRYPT_SALTED, &found);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INTERRUPTED);
	assert_true(clock_monotonic_ms() - before < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matching),
		cmocka_unit_test(every_character_of_the_hash_counts),
		cmocka_unit_test(costs_have_limits),
		cmocka_unit_test(what_cannot_be_computed_is_no_mismatch),
		cmocka_unit_test(shapes_of_hashes),
		cmocka_unit_test(passwords_that_can_be_hashed),
		cmocka_unit_test(own_hashes),
		cmocka_unit_test(a_signal_ends_a_costly_check),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
