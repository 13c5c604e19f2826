/* What of the age format is right and what is not: the kinds of cases of C2SP's test vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "age_kit.h"

static const unsigned char identity[32] = "an identity that nobody has seen";
static const unsigned char another[32] = "another one, with as many bytes.";

/* Reads with `identity`, in pieces of several sizes: the same comes of each. */
static void assert_reads(const char *name, const struct kit *kit, enum error_code code, size_t released,
			 const char *message)
{
	static const size_t pieces[] = {1, 7, 65551, 65552, 65553, 1 << 30};
	unsigned char key[1][32];
	memcpy(key, identity, 32);
	struct age_identities identities = {key, 1};
	for (size_t i = kit->file.size < 4096 ? 0 : 2; i < COUNT(pieces); i++) {
		AUTO(str) struct str plain = {0};
		AUTO(error) struct error *error =
			kit_read(&identities, str_text(&kit->file), kit->file.size, pieces[i], &plain);
		AUTO(memory) char *text = error ? error_text(error) : text_copy("");
		enum error_code found = error ? error->code : 0;
		if (found != code || plain.size != released || !strstr(text, message))
			fail_msg("%s, %zu bytes at a time: %d, %zu bytes, \"%s\"", name, pieces[i], (int)found,
				 plain.size, text);
		assert_memory_equal(str_text(&plain), str_text(&kit->plain), released);
	}
}

/* ---- stanzas beside a good one ---- */

#define A8 "AAAAAAAA"
#define A32 A8 A8 A8 A8
#define A64 A32 A32

static const struct {
	const char *name, *before, *after, *wrong; /* NULL: nothing is */
} stanzas[] = {
	{"nothing else", "", "", NULL},
	{"grease", "-> grease\n\n", "-> grease\n\n", NULL},
	{"all visible characters", "-> !\"#$%&' ()*+,-./ 01234567 89:;<=>? @ABCDEFG HIJKLMNO\n\n"
	 "-> PQRSTUVW XYZ[\\]^_ `abcdefg hijklmno pqrstuvw xyz{|}~\n\n", "", NULL},
	{"a body that is empty", "", "-> empty\n\n", NULL},
	{"an empty last line", "", "-> stanza\n" A64 "\n" A64 "\n\n", NULL},
	{"a body of two bytes", "", "-> stanza\nAAA\n", NULL},
	{"X25519 in small letters", "-> x25519 " A8 "\n\n", "", NULL},
	{"a bad start", "", "-- stanza\n\n", "begins no stanza"},
	{"a start without a blank", "", "->stanza\n\n", "arguments"},
	{"padding", "", "-> stanza\n" A64 "\nQUE=\n", "not base64"},
	{"an empty argument", "", "-> stanza  argument\n\n", "arguments"},
	{"a blank at the end", "", "-> stanza \n\n", "arguments"},
	{"a character of two bytes", "", "-> stanza \xc3\xa8\n\n", "arguments"},
	{"a tabulator", "", "-> stanza\targument\n\n", "arguments"},
	{"a DEL", "", "-> stanza \x7f\n\n", "arguments"},
	{"a long line", "", "-> stanza\n" A64 "AAAA\n\n", "too long"},
	{"no body", "", "-> empty\n", "no last line"},
	{"no last line", "", "-> stanza\n" A64 "\n", "no last line"},
	{"no body before another stanza", "", "-> empty\n-> empty\n\n", "not base64"},
	{"two short lines", "", "-> stanza\n" A32 "\n" A32 "\n", "begins no stanza"},
	{"no arguments", "", "->\n\n", "arguments"},
	{"no arguments but a blank", "", "-> \n\n", "arguments"},
	{"bits that stand for nothing", "", "-> stanza\nQUF\n", "not base64"},
	{"a letter too many", "", "-> stanza\nAAAAA\n", "not base64"},
	{"a carriage return in the midst", "", "-> stanza\n" A32 "\r" A8 A8 A8 "AAAAAAA\n", "not base64"},
	{"a carriage return", "", "-> stanza\r\n\r\n", "arguments"},
	{"a letter with its highest bit set", "", "-> stanza\nAAA\xaf\n", "not base64"},
	{"letters for addresses", "", "-> stanza\nAA-_\n", "not base64"},
	{"an empty line", "", "\n", "begins no stanza"},
	{"a passphrase as well", "", "-> scrypt bBjlhJVYZeE4aqUdmtRHfw 10\n" A32 "\n", "passphrase stands beside"},
	{"an X25519 stanza without a share", "", "-> X25519\n" A32 "AAAAAAAAAAA\n", "no share"},
	{"a second X25519 stanza with a short key", "", "-> X25519 " A32 A8 "AAA\n" A32 "\n", "no key"},
	{"a second version", "age-encryption.org/v1\n", "", "begins no stanza"},
};

static void test_stanzas(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stanzas); i++) {
		AUTO(kit) struct kit kit;
		kit_begin(&kit);
		str_add(&kit.file, stanzas[i].before);
		kit_x25519(&kit, identity);
		str_add(&kit.file, stanzas[i].after);
		kit_mac(&kit);
		kit_payload(&kit);
		bool good = !stanzas[i].wrong;
		assert_reads(stanzas[i].name, &kit, good ? 0 : ERR_INPUT, good ? 3 : 0, good ? "" : stanzas[i].wrong);
	}
}

/* ---- the line with the MAC ---- */

static const struct {
	const char *name, *before;
	int letters; /* of the MAC */
	const char *after, *wrong;
} macs[] = {
	{"as it should be", "--- ", 43, "\n", NULL},
	{"one blank more", "---  ", 43, "\n", "last line"},
	{"no blank", "---", 43, "\n", "last line"},
	{"another sign for a blank", "---:", 43, "\n", "last line"},
	{"more behind it", "--- ", 43, "AAA\n", "last line"},
	{"a blank at the end", "--- ", 43, " \n", "last line"},
	{"cut", "--- ", 4, "\n", "last line"},
	{"none", "--- ", 0, "\n", "last line"},
	{"nothing", "---", 0, "\n", "last line"},
	{"padding", "--- ", 43, "=\n", "last line"},
	{"a carriage return", "--- ", 43, "\r\n", "last line"},
};

static void test_mac(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(macs); i++) {
		AUTO(kit) struct kit kit;
		kit_begin(&kit);
		kit_x25519(&kit, identity);
		kit_mac(&kit);
		AUTO(memory) char *line = kit_take_line(&kit);
		str_add_format(&kit.file, "%s%.*s%s", macs[i].before, macs[i].letters, line + 4, macs[i].after);
		kit_payload(&kit);
		bool good = !macs[i].wrong;
		assert_reads(macs[i].name, &kit, good ? 0 : ERR_INPUT, good ? 3 : 0, good ? "" : macs[i].wrong);
	}
}

static void test_mac_with_bits_that_stand_for_nothing(void **state)
{
	(void)state;
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	kit_x25519(&kit, identity);
	kit_mac(&kit);
	AUTO(memory) char *line = kit_take_line(&kit);
	kit_break_last_letter(line);
	str_add_format(&kit.file, "%s\n", line);
	kit_payload(&kit);
	assert_reads("a MAC that is not canonical", &kit, ERR_INPUT, 0, "last line");
}

/* ---- the X25519 stanza ---- */

/* A stanza for `identity` whose two lines `change` has changed. */
static void assert_changed(const char *name, void (*change)(char **arguments, char **body), enum error_code code,
			   const char *wrong)
{
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	kit_x25519(&kit, identity);
	AUTO(memory) char *body = kit_take_line(&kit);
	AUTO(memory) char *arguments = kit_take_line(&kit);
	change(&arguments, &body);
	str_add_format(&kit.file, "%s\n%s\n", arguments, body);
	kit_mac(&kit);
	kit_payload(&kit);
	assert_reads(name, &kit, code, 0, wrong);
}

static void replace(char **text, char *by)
{
	free(*text);
	*text = by;
}

static void bad_tag(char **arguments, char **body)
{
	(void)arguments;
	(*body)[30] = (*body)[30] == 'A' ? 'B' : 'A';
}

static void one_argument_more(char **arguments, char **body)
{
	(void)body;
	replace(arguments, text_format("%s 1234", *arguments));
}

static void small_letters(char **arguments, char **body)
{
	(void)body;
	(*arguments)[3] = 'x';
}

static void share_with_a_bit_more(char **arguments, char **body)
{
	(void)body;
	kit_break_last_letter(*arguments);
}

static void body_with_a_bit_more(char **arguments, char **body)
{
	(void)arguments;
	kit_break_last_letter(*body);
}

/* Another byte of zeroes behind the share: 43 letters stand for 32 bytes and two bits of zeroes. */
static void long_share(char **arguments, char **body)
{
	(void)body;
	replace(arguments, text_format("%sA", *arguments));
}

static void short_share(char **arguments, char **body)
{
	(void)body;
	char *letter = *arguments + strlen(*arguments) - 1;
	*letter = '\0';
	letter[-1] = 'A';
}

static void no_body(char **arguments, char **body)
{
	(void)arguments;
	**body = '\0';
}

static void test_x25519(void **state)
{
	(void)state;
	assert_changed("a wrong tag", bad_tag, ERR_PERMISSION, "does not open it");
	assert_changed("small letters", small_letters, ERR_PERMISSION, "does not open it");
	assert_changed("an argument more", one_argument_more, ERR_INPUT, "no share");
	assert_changed("a share that is not canonical", share_with_a_bit_more, ERR_INPUT, "no share");
	assert_changed("a body that is not canonical", body_with_a_bit_more, ERR_INPUT, "not base64");
	assert_changed("a share that is too long", long_share, ERR_INPUT, "no share");
	assert_changed("a share that is too short", short_share, ERR_INPUT, "no share");
	assert_changed("no body", no_body, ERR_INPUT, "no key");
}

static void test_x25519_with_a_longer_file_key(void **state)
{
	(void)state;
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	kit.file_key = "A LONGER YELLOW SUBMARINE";
	kit_x25519(&kit, identity);
	kit_mac(&kit);
	kit_payload(&kit);
	assert_reads("a file key of 25 bytes", &kit, ERR_INPUT, 0, "no key of 32 bytes");
}

static void assert_share_refused(const char *name, const unsigned char *share)
{
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	kit_stanza(&kit, share, identity);
	kit_mac(&kit);
	kit_payload(&kit);
	assert_reads(name, &kit, ERR_INPUT, 0, "low order");
}

static void test_x25519_of_low_order(void **state)
{
	(void)state;
	/* A point of order 8; the second one has the highest bit set as well, which means nothing in X25519. */
	static const unsigned char order_8[32] = {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
						  0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
						  0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57};
	static const unsigned char zero[32], one[32] = {1};
	unsigned char high[32], prime[32];
	memcpy(high, order_8, 32);
	high[31] |= 0x80;
	memset(prime, 0xff, 32);
	prime[0] = 0xed;
	prime[31] = 0x7f;
	assert_share_refused("the point at 0", zero);
	assert_share_refused("the point at 1", one);
	assert_share_refused("the prime", prime);
	assert_share_refused("a point of order 8", order_8);
	assert_share_refused("a point of order 8 with the highest bit", high);
}

static void test_recipients(void **state)
{
	(void)state;
	AUTO(kit) struct kit second;
	kit_begin(&second);
	kit_x25519(&second, another);
	kit_x25519(&second, identity);
	kit_mac(&second);
	kit_payload(&second);
	assert_reads("the second of two", &second, 0, 3, "");
	AUTO(kit) struct kit none;
	kit_begin(&none);
	kit_x25519(&none, another);
	kit_mac(&none);
	kit_payload(&none);
	assert_reads("for another one", &none, ERR_PERMISSION, 0, "does not open it");
	AUTO(kit) struct kit other_key;
	kit_begin(&other_key);
	kit_x25519(&other_key, identity);
	other_key.file_key = "ANOTHER FILE KEY";
	kit_mac(&other_key);
	other_key.file_key = "YELLOW SUBMARINE";
	kit_payload(&other_key);
	assert_reads("a MAC by another key", &other_key, ERR_INPUT, 0, "not what was written");
	AUTO(kit) struct kit empty;
	kit_begin(&empty);
	kit_mac(&empty);
	kit_payload(&empty);
	assert_reads("no stanza", &empty, ERR_INPUT, 0, "no recipient");
	AUTO(kit) struct kit unknown;
	kit_begin(&unknown);
	str_add(&unknown.file, "-> grease x y z\nAAAA\n");
	kit_mac(&unknown);
	kit_payload(&unknown);
	assert_reads("unknown ones only", &unknown, ERR_PERMISSION, 0, "does not open it");
}

static void test_passphrases(void **state)
{
	(void)state;
	static const char stanza[] = "-> scrypt bBjlhJVYZeE4aqUdmtRHfw 10\n" A32 "AAAAAAAAAAA\n";
	AUTO(kit) struct kit one;
	kit_begin(&one);
	str_add(&one.file, stanza);
	kit_mac(&one);
	kit_payload(&one);
	assert_reads("a passphrase", &one, ERR_PERMISSION, 0, "passphrase");
	AUTO(kit) struct kit two;
	kit_begin(&two);
	str_add(&two.file, stanza);
	str_add(&two.file, stanza);
	kit_mac(&two);
	kit_payload(&two);
	assert_reads("two passphrases", &two, ERR_INPUT, 0, "beside");
}

/* ---- what is no header ---- */

static void assert_text_refused(const char *text, const char *wrong)
{
	AUTO(kit) struct kit kit = {0};
	str_add(&kit.file, text);
	assert_reads(text, &kit, ERR_INPUT, 0, wrong);
}

static void test_no_header(void **state)
{
	(void)state;
	assert_text_refused("", "is empty");
	assert_text_refused("a", "cut off in its first line");
	assert_text_refused("age-encryption.org/v1", "cut off in its first line");
	assert_text_refused("age-encryption.org/v1\n", "cut off in its header");
	assert_text_refused("age-encryption.org/v1\n-> X25519 ", "cut off in its header");
	assert_text_refused("age-encryption.org/v1234\n", "later version");
	assert_text_refused("age-encryption.org/v1\r\n", "later version");
	assert_text_refused("PK\3\4", "not an age file");
	assert_text_refused("\n", "not an age file");
	AUTO(kit) struct kit armored = {0};
	str_add(&armored.file, "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n");
	struct age_identities none = {0};
	AUTO(str) struct str plain = {0};
	AUTO(error) struct error *error = kit_read(&none, armored.file.data, armored.file.size, 1000, &plain);
	assert_non_null(strstr(error->message, "armored"));
}

static void test_header_without_end(void **state)
{
	(void)state;
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	for (size_t i = 0; i < 40000; i++)
		str_add(&kit.file, "-> grease to fill the memory\n\n");
	assert_reads("lines without end", &kit, ERR_INPUT, 0, "has no end");
	AUTO(kit) struct kit line;
	kit_begin(&line);
	for (size_t i = 0; i < 40000; i++)
		str_add(&line.file, "-> grease to fill the memory");
	assert_reads("a line without end", &line, ERR_INPUT, 0, "has no end");
}

/* ---- the payload ---- */

#define FULL AGE_CHUNK_SIZE

/* F: a full chunk, L: one that is the last; s: one of a byte, e: one that is the last; 0: an empty one that is the
 * last; z: an empty one that is not; x, y: 12 and 20 bytes of garbage; -: a byte less. */
static const struct {
	const char *chunks;
	size_t released;
	const char *wrong;
} payloads[] = {
	{"0", 0, NULL},
	{"e", 1, NULL},
	{"L", FULL, NULL},
	{"Fe", FULL + 1, NULL},
	{"FL", 2 * FULL, NULL},
	{"FFL", 3 * FULL, NULL},
	{"", 0, "cut off"},
	{"x", 0, "cut off"},
	{"s", 0, "damaged"},
	{"z", 0, "damaged"},
	{"0-", 0, "cut off"},
	{"e-", 0, "damaged"},
	{"F", FULL, "cut off"},
	{"FF", 2 * FULL, "cut off"},
	{"Fs", FULL, "damaged"},
	{"F0", FULL, "cut off"},
	{"FL0", 2 * FULL, "something behind the end"},
	{"Fx", FULL, "cut off"},
	{"Fe-", FULL, "cut off"},
	{"FL-", FULL, "damaged"},
	{"Lx", FULL, "something behind the end"},
	{"Ly", FULL, "something behind the end"},
	{"Le", FULL, "something behind the end"},
	{"LL", FULL, "something behind the end"},
	{"FLe", 2 * FULL, "something behind the end"},
	{"ee", 0, "damaged"},
	{"sF", 0, "damaged"},
	{"esL", 0, "damaged"},
};

static void add_chunks(struct kit *kit, const char *chunks)
{
	for (; *chunks; chunks++) {
		if (*chunks == '-')
			kit->file.size--;
		else if (*chunks == 'x' || *chunks == 'y')
			kit_garbage(kit, *chunks == 'x' ? 12 : 20);
		else
			kit_chunk(kit, strchr("FL", *chunks) ? FULL : strchr("se", *chunks) != NULL,
				  strchr("Le0", *chunks));
	}
}

static void begin_payload(struct kit *kit)
{
	kit_begin(kit);
	kit_x25519(kit, identity);
	kit_mac(kit);
	kit_nonce(kit);
}

static void test_payload(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++) {
		AUTO(kit) struct kit kit;
		begin_payload(&kit);
		add_chunks(&kit, payloads[i].chunks);
		assert_reads(payloads[i].chunks, &kit, payloads[i].wrong ? ERR_INPUT : 0, payloads[i].released,
			     payloads[i].wrong ? payloads[i].wrong : "");
	}
}

/* The number of a chunk takes a second byte. */
static void test_payload_of_many_chunks(void **state)
{
	(void)state;
	static const char *const ends[] = {"e", "L", "Fe"};
	for (size_t i = 0; i < COUNT(ends); i++) {
		AUTO(kit) struct kit kit;
		begin_payload(&kit);
		for (size_t chunk = 0; chunk < 256; chunk++)
			kit_chunk(&kit, FULL, false);
		add_chunks(&kit, ends[i]);
		AUTO(str) struct str plain = {0};
		unsigned char key[1][32];
		memcpy(key, identity, 32);
		struct age_identities identities = {key, 1};
		assert_null(kit_read(&identities, kit.file.data, kit.file.size, 300000, &plain));
		assert_int_equal(plain.size, kit.plain.size);
		assert_memory_equal(plain.data, kit.plain.data, plain.size);
	}
}

static void test_payload_with_a_wrong_tag(void **state)
{
	(void)state;
	static const char *const ends[] = {"e", "Fe", "FL"};
	for (size_t i = 0; i < COUNT(ends); i++) {
		AUTO(kit) struct kit kit;
		begin_payload(&kit);
		add_chunks(&kit, ends[i]);
		kit.file.data[kit.file.size - 1] ^= 0x20;
		assert_reads(ends[i], &kit, ERR_INPUT, *ends[i] == 'F' ? FULL : 0, "damaged");
	}
}

/* The nonce belongs to what is read before a chunk. */
static void test_payload_without_nonce(void **state)
{
	(void)state;
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	kit_x25519(&kit, identity);
	kit_mac(&kit);
	assert_reads("no nonce", &kit, ERR_INPUT, 0, "cut off in its header");
	kit_garbage(&kit, 12);
	assert_reads("a short nonce", &kit, ERR_INPUT, 0, "cut off in its header");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stanzas),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_mac_with_bits_that_stand_for_nothing),
		cmocka_unit_test(test_x25519),
		cmocka_unit_test(test_x25519_with_a_longer_file_key),
		cmocka_unit_test(test_x25519_of_low_order),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_passphrases),
		cmocka_unit_test(test_no_header),
		cmocka_unit_test(test_header_without_end),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_payload_of_many_chunks),
		cmocka_unit_test(test_payload_with_a_wrong_tag),
		cmocka_unit_test(test_payload_without_nonce),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
