/* Recipients and identities of age as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/str.h"
#include "crypto/age.h"
#include "crypto/bech32.h"

/* The pair in https://c2sp.org/age: 32 times the byte 0x42. */
#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

static void test_bech32_of_bip_173(void **state)
{
	(void)state;
	unsigned char bytes[64];
	assert_true(bech32_decode("A12UEL5L", 8, "A", bytes, 0));
	assert_true(bech32_decode("a12uel5l", 8, "a", bytes, 0));
	assert_false(bech32_decode("A12UEL5L", 8, "a", bytes, 0));
	assert_false(bech32_decode("A12uEL5L", 8, "A", bytes, 0));
	/* "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w": 30 bytes. */
	static const char split[] = "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w";
	assert_true(bech32_decode(split, strlen(split), "split", bytes, 30));
	AUTO(secret) char *again = bech32_encode("split", bytes, 30);
	assert_string_equal(again, split);
	assert_false(bech32_decode(split, strlen(split), "spli", bytes, 30));
	assert_false(bech32_decode(split, strlen(split), "split", bytes, 29));
	assert_false(bech32_decode(split, strlen(split) - 1, "split", bytes, 30));
}

static void test_bech32_of_any_size(void **state)
{
	(void)state;
	unsigned char bytes[64], again[64];
	for (size_t size = 0; size <= sizeof bytes; size++) {
		for (size_t i = 0; i < size; i++)
			bytes[i] = (unsigned char)(i * 37 + size * 91 + 200);
		AUTO(secret) char *text = bech32_encode("AGE-", bytes, size);
		assert_true(bech32_decode(text, strlen(text), "AGE-", again, size));
		assert_memory_equal(again, bytes, size);
		/* Any letter changed is seen, as are bits behind the last byte. */
		for (size_t i = strlen("AGE-1"); text[i]; i++) {
			char letter = text[i];
			text[i] = letter == 'Q' ? 'P' : 'Q';
			assert_false(bech32_decode(text, strlen(text), "AGE-", again, size));
			text[i] = letter;
		}
	}
}

static void test_known_pair(void **state)
{
	(void)state;
	AUTO(age_identities) struct age_identities identities = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	assert_null(age_identities_add(&identities, IDENTITY));
	assert_null(age_recipients_add(&recipients, RECIPIENT));
	unsigned char expected[AGE_KEY_SIZE], recipient[AGE_KEY_SIZE];
	memset(expected, 0x42, sizeof expected);
	assert_memory_equal(identities.keys[0], expected, sizeof expected);
	age_recipient_of(identities.keys[0], recipient);
	assert_memory_equal(recipient, recipients.keys[0], sizeof recipient);
	AUTO(memory) char *text = age_recipient_text(recipient);
	assert_string_equal(text, RECIPIENT);
}

static void test_new_identity(void **state)
{
	(void)state;
	AUTO(secret) char *first = NULL;
	AUTO(secret) char *second = NULL;
	unsigned char recipient[2][AGE_KEY_SIZE], of_first[AGE_KEY_SIZE];
	age_new_identity(&first, recipient[0]);
	age_new_identity(&second, recipient[1]);
	assert_string_not_equal(first, second);
	AUTO(age_identities) struct age_identities identities = {0};
	assert_null(age_identities_add(&identities, first));
	assert_null(age_identities_add(&identities, second));
	assert_int_equal(identities.count, 2);
	age_recipient_of(identities.keys[0], of_first);
	assert_memory_equal(of_first, recipient[0], sizeof of_first);
}

/* ---- recipients ---- */

static char *of_bytes(const char *prefix, unsigned char byte)
{
	unsigned char bytes[AGE_KEY_SIZE];
	memset(bytes, byte, sizeof bytes);
	return bech32_encode(prefix, bytes, sizeof bytes);
}

static void test_recipients_are_sorted_and_each_is_there_once(void **state)
{
	(void)state;
	AUTO(age_recipients) struct age_recipients recipients = {0};
	for (unsigned char byte = 9; byte > 2; byte -= 2) {
		AUTO(secret) char *one = of_bytes("age", byte);
		AUTO(secret) char *same = of_bytes("age", 5);
		AUTO(secret) char *file = text_format("# of host %d\n\n  %s\t\r\n\n%s\n#no key", byte, one, same);
		assert_null(age_recipients_add(&recipients, file));
	}
	assert_int_equal(recipients.count, 4);
	for (size_t i = 0; i < recipients.count; i++)
		assert_int_equal(recipients.keys[i][31], 3 + 2 * i);
}

static void assert_recipients_refused(const char *text, const char *message, const char *hint)
{
	AUTO(age_recipients) struct age_recipients recipients = {0};
	assert_null(age_recipients_add(&recipients, RECIPIENT));
	AUTO(error) struct error *error = age_recipients_add(&recipients, text);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INPUT);
	AUTO(memory) char *found = error_text(error);
	assert_string_equal(found, message);
	assert_non_null(error_hint_text(error));
	assert_non_null(strstr(error_hint_text(error), hint));
	assert_int_equal(recipients.count, 1); /* as it was */
}

static void test_recipients_that_are_none(void **state)
{
	(void)state;
	assert_recipients_refused("", "there is no public key in it", "age1");
	assert_recipients_refused("# nobody\n\n\t \n", "there is no public key in it", "age1");
	assert_recipients_refused("\n#\nhello", "line 3 is not a public key", "age-keygen");
	assert_recipients_refused(RECIPIENT "\n" RECIPIENT "q\n", "line 2 is not a public key", "age-keygen");
	assert_recipients_refused(RECIPIENT " " RECIPIENT,
				  "line 1 is a post-quantum public key, or one of a plugin, and only plain ones "
				  "(X25519) are taken", "age-keygen");
	assert_recipients_refused("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ",
				  "line 1 is not a public key", "age-keygen");
	assert_recipients_refused("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwi",
				  "line 1 is not a public key", "58 more");
	assert_recipients_refused("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwq",
				  "line 1 is not a public key", "58 more");
	/* Its checksum is right, but a bit behind the last byte is set. */
	assert_recipients_refused("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73epp9g8nq",
				  "line 1 is not a public key", "58 more");
	assert_recipients_refused("\r\n\r\n" IDENTITY, "line 3 is a secret key, not a public one",
				  "age-keygen -y");
	assert_recipients_refused("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@host",
				  "line 1 is a key of ssh, and only public keys of age (age1..) are taken",
				  "age-keygen");
	assert_recipients_refused("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
				  "line 1 is a post-quantum public key, or one of a plugin, and only plain ones "
				  "(X25519) are taken", "age-keygen");
}

static void test_recipients_of_low_order(void **state)
{
	(void)state;
	AUTO(secret) char *zeroes = of_bytes("age", 0);
	assert_recipients_refused(zeroes,
				  "line 1 is no good as a public key: anybody could read what is encrypted for it",
				  "age-keygen");
}

/* ---- identities ---- */

static void test_identity_file_of_age_keygen(void **state)
{
	(void)state;
	AUTO(age_identities) struct age_identities identities = {0};
	assert_null(age_identities_add(&identities, "# created: 2026-11-29T11:00:00Z\n"
						    "# public key: " RECIPIENT "\n" IDENTITY "\n"));
	assert_int_equal(identities.count, 1);
}

static void assert_identities_refused(const char *text, const char *message, const char *secret)
{
	AUTO(age_identities) struct age_identities identities = {0};
	assert_null(age_identities_add(&identities, IDENTITY));
	AUTO(error) struct error *error = age_identities_add(&identities, text);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INPUT);
	AUTO(memory) char *found = error_text(error);
	assert_string_equal(found, message);
	assert_non_null(error_hint_text(error));
	assert_null(strstr(found, secret));
	assert_null(strstr(error_hint_text(error), secret));
	assert_int_equal(identities.count, 1);
}

static void test_identities_that_are_none(void **state)
{
	(void)state;
	assert_identities_refused("\n", "there is no secret key in it", "nothing");
	assert_identities_refused(IDENTITY "\nhunter2\n", "line 2 is not a secret key", "hunter2");
	/* One letter wrong, one missing, in small letters: still a secret. */
	assert_identities_refused("#\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEY",
				  "line 2 is not a secret key", "GFPYYSJZ");
	assert_identities_refused("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAE",
				  "line 1 is not a secret key", "GFPYYSJZ");
	assert_identities_refused("age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex",
				  "line 1 is not a secret key", "gfpyysjz");
	assert_identities_refused(RECIPIENT, "line 1 is a public key, not a secret one", "zvkyg2lq");
	assert_identities_refused("AGE-PLUGIN-YUBIKEY-1QQPQGQYC0ZJ4G",
				  "line 1 is a secret key of a plugin, and only plain ones (X25519) are taken", "QQPQ");
	assert_identities_refused("AGE-SECRET-KEY-PQ-1XX76JRALN",
				  "line 1 is a post-quantum secret key, and only plain ones (X25519) are taken",
				  "XX76");
	assert_identities_refused("age-encryption.org/v1\n-> scrypt x 18\n",
				  "line 1 begins an encrypted file of secret keys", "scrypt");
	assert_identities_refused("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n",
				  "line 1 begins an encrypted file of secret keys", "YWdl");
	assert_identities_refused("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n",
				  "line 1 begins a key of another kind, and only secret keys of age are taken", "b3Bl");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bech32_of_bip_173),
		cmocka_unit_test(test_bech32_of_any_size),
		cmocka_unit_test(test_known_pair),
		cmocka_unit_test(test_new_identity),
		cmocka_unit_test(test_recipients_are_sorted_and_each_is_there_once),
		cmocka_unit_test(test_recipients_that_are_none),
		cmocka_unit_test(test_recipients_of_low_order),
		cmocka_unit_test(test_identity_file_of_age_keygen),
		cmocka_unit_test(test_identities_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
