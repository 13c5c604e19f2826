/* Recipients and identities as text. What a line holds is never repeated: it may be a secret in the wrong place. */
#include <sodium.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "crypto/age_format.h"
#include "crypto/bech32.h"

#define RECIPIENT_PREFIX "age"
#define IDENTITY_PREFIX "AGE-SECRET-KEY-"

/* ---- lines ---- */

struct line {
	const char *text;
	size_t length;
	size_t number;
};

/* The next line that says something, without the blanks around it. */
static bool next_line(const char **at, struct line *line)
{
	while (**at) {
		line->text = *at + strspn(*at, " \t\r");
		const char *end = strchrnul(line->text, '\n');
		*at = *end ? end + 1 : end;
		line->number++;
		while (end > line->text && strchr(" \t\r", end[-1]))
			end--;
		line->length = (size_t)(end - line->text);
		if (line->length && *line->text != '#')
			return true;
	}
	return false;
}

static size_t count_lines(const char *text)
{
	struct line line = {0};
	size_t count = 0;
	while (next_line(&text, &line))
		count++;
	return count;
}

static bool begins(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);
	return line->length >= length && !memcmp(line->text, prefix, length);
}

/* What else age takes in such a file, or what people mistake for it. */
struct stranger {
	const char *begin, *message, *hint;
};

static fallible stranger(const struct line *line, const struct stranger *known, const char *what, const char *hint)
{
	for (; known->begin; known++)
		if (begins(line, known->begin))
			return error_hint(error_new(ERR_INPUT, "line %zu %s", line->number, known->message), "%s",
					  known->hint);
	return error_hint(error_new(ERR_INPUT, "line %zu is not a %s", line->number, what), "%s", hint);
}

/* Keys are appended to those that are there, in new memory: realloc would leave a copy of a secret behind. */
typedef unsigned char (*key_list)[AGE_KEY_SIZE];

static key_list keys_grown(key_list keys, size_t count, size_t more)
{
	key_list grown = mem_new(count + more, sizeof *grown);
	if (count)
		memcpy(grown, keys, count * sizeof *grown);
	return grown;
}

static void keys_free(key_list keys, size_t count)
{
	mem_wipe(keys, count * sizeof *keys);
	free(keys);
}

/* ---- recipients ---- */

void age_recipients_cleanup(struct age_recipients *recipients)
{
	free(recipients->keys);
	*recipients = (struct age_recipients){0};
}

static void move_recipients(struct age_recipients *from, struct age_recipients *to)
{
	age_recipients_cleanup(to);
	*to = *from;
	*from = (struct age_recipients){0};
}

#define ONE_RECIPIENT                                                                                        \
	"a public key is age1 and 58 more letters and digits, as `owctl repo keys` and age-keygen print it"
#define MAKE_A_PAIR "make a pair with `owctl repo keys FILE` or age-keygen, and use its public key (age1..)"

static const struct stranger not_recipients[] = {
	{"AGE-SECRET-KEY-", "is a secret key, not a public one",
	 "the public key that belongs to it stands in the same file behind \"# public key:\", or `age-keygen -y FILE` "
	 "prints it; keep the secret key elsewhere"},
	{"ssh-", "is a key of ssh, and only public keys of age (age1..) are taken", MAKE_A_PAIR},
	{0},
};

/* A Bech32 text has its last 1 behind what says of which kind it is. */
static bool is_of_another_kind(const struct line *line)
{
	return begins(line, "age1") && memchr(line->text + 4, '1', line->length - 4);
}

/* Any secret shares zeroes with a point of low order. */
static bool is_of_low_order(const unsigned char key[static AGE_KEY_SIZE])
{
	static const unsigned char any[AGE_KEY_SIZE] = {1};
	unsigned char shared[AGE_KEY_SIZE];
	return crypto_scalarmult(shared, any, key) != 0 || sodium_is_zero(shared, sizeof shared);
}

static fallible read_recipient(const struct line *line, unsigned char key[static AGE_KEY_SIZE])
{
	if (is_of_another_kind(line))
		return error_hint(error_new(ERR_INPUT,
					    "line %zu is a post-quantum public key, or one of a plugin, and only plain "
					    "ones (X25519) are taken", line->number),
				  MAKE_A_PAIR);
	if (!bech32_decode(line->text, line->length, RECIPIENT_PREFIX, key, AGE_KEY_SIZE))
		return stranger(line, not_recipients, "public key", ONE_RECIPIENT);
	if (is_of_low_order(key))
		return error_hint(error_new(ERR_INPUT,
					    "line %zu is no good as a public key: anybody could read what is encrypted "
					    "for it",
					    line->number),
				  MAKE_A_PAIR);
	return NULL;
}

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, AGE_KEY_SIZE);
}

static void sort_and_thin_out(struct age_recipients *recipients)
{
	size_t kept = 0;
	qsort(recipients->keys, recipients->count, sizeof *recipients->keys, compare_keys);
	for (size_t i = 0; i < recipients->count; i++)
		if (!kept || compare_keys(recipients->keys[kept - 1], recipients->keys[i]) != 0)
			memmove(recipients->keys[kept++], recipients->keys[i], AGE_KEY_SIZE);
	recipients->count = kept;
}

fallible age_recipients_add(struct age_recipients *recipients, const char *text)
{
	age_ready();
	size_t more = count_lines(text), count = recipients->count;
	if (!more)
		return error_hint(error_new(ERR_INPUT, "there is no public key in it"), ONE_RECIPIENT);
	AUTO(age_recipients) struct age_recipients grown = {.keys = keys_grown(recipients->keys, count, more)};
	struct line line = {0};
	for (grown.count = count; next_line(&text, &line); grown.count++)
		TRY(read_recipient(&line, grown.keys[grown.count]));
	sort_and_thin_out(&grown);
	move_recipients(&grown, recipients);
	return NULL;
}

char *age_recipient_text(const unsigned char key[static AGE_KEY_SIZE])
{
	return bech32_encode(RECIPIENT_PREFIX, key, AGE_KEY_SIZE);
}

/* ---- identities ---- */

void age_identities_cleanup(struct age_identities *identities)
{
	keys_free(identities->keys, identities->count);
	*identities = (struct age_identities){0};
}

static void move_identities(struct age_identities *from, struct age_identities *to)
{
	age_identities_cleanup(to);
	*to = *from;
	*from = (struct age_identities){0};
}

#define ONE_IDENTITY                                                                                         \
	"a secret key is AGE-SECRET-KEY-1 and 58 more letters and digits, as `owctl repo keys` and age-keygen write it"

static const struct stranger not_identities[] = {
	{"AGE-SECRET-KEY-PQ-1", "is a post-quantum secret key, and only plain ones (X25519) are taken", ONE_IDENTITY},
	{"AGE-PLUGIN-", "is a secret key of a plugin, and only plain ones (X25519) are taken", ONE_IDENTITY},
	{"age1", "is a public key, not a secret one",
	 "the secret key (AGE-SECRET-KEY-1..) is in the file that `owctl repo keys` or age-keygen made with it"},
	{"-----BEGIN AGE ", "begins an encrypted file of secret keys", "decrypt it first: `age -d FILE`"},
	{"age-encryption.org/", "begins an encrypted file of secret keys", "decrypt it first: `age -d FILE`"},
	{"-----BEGIN ", "begins a key of another kind, and only secret keys of age are taken", ONE_IDENTITY},
	{0},
};

fallible age_identities_add(struct age_identities *identities, const char *text)
{
	age_ready();
	size_t more = count_lines(text), count = identities->count;
	if (!more)
		return error_hint(error_new(ERR_INPUT, "there is no secret key in it"), ONE_IDENTITY);
	AUTO(age_identities) struct age_identities grown = {
		.keys = keys_grown(identities->keys, count, more),
		.count = count + more,
	};
	struct line line = {0};
	for (size_t i = count; next_line(&text, &line); i++)
		if (!bech32_decode(line.text, line.length, IDENTITY_PREFIX, grown.keys[i], AGE_KEY_SIZE))
			return stranger(&line, not_identities, "secret key", ONE_IDENTITY);
	move_identities(&grown, identities);
	return NULL;
}

void age_new_identity(char **identity, unsigned char recipient[static AGE_KEY_SIZE])
{
	age_ready();
	AUTO(age_key) struct age_key key;
	random_bytes(key.bytes, sizeof key.bytes);
	age_recipient_of(key.bytes, recipient);
	*identity = bech32_encode(IDENTITY_PREFIX, key.bytes, sizeof key.bytes);
}

void age_recipient_of(const unsigned char identity[static AGE_KEY_SIZE], unsigned char recipient[static AGE_KEY_SIZE])
{
	crypto_scalarmult_base(recipient, identity);
}

void age_recipients_copy(struct age_recipients *to, const struct age_recipients *from)
{
	to->keys = mem_new(from->count, sizeof *to->keys);
	to->count = from->count;
	memcpy(to->keys, from->keys, from->count * sizeof *to->keys);
}
