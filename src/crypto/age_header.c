/* A header that arrives: gathered, looked through as a whole, and only then is a key tried on it. */
#include <sodium.h>
#include <string.h>

#include "crypto/age_format.h"

void age_header_cleanup(struct age_header *header)
{
	str_cleanup(&header->text);
}

bool age_header_is_whole(const struct age_header *header)
{
	return header->size && header->text.size == header->size + AGE_NONCE_SIZE;
}

/* ---- gathering ---- */

static const char *no_age_file(const struct str *text)
{
	static const char armor[] = "-----BEGIN AGE ENCRYPTED FILE-----", other_version[] = "age-encryption.org/";
	if (text_starts(str_text(text), armor))
		return "this age file is armored text, and only the binary form is read";
	if (text_starts(str_text(text), other_version))
		return "this age file is of a later version than v1";
	return "this is not an age file";
}

static bool may_become_one(const struct str *text)
{
	size_t known = text->size < AGE_VERSION_LENGTH ? text->size : AGE_VERSION_LENGTH;
	return !memcmp(str_text(text), AGE_VERSION, known);
}

fallible age_header_cut_off(const struct age_header *header)
{
	if (header->text.size < AGE_VERSION_LENGTH)
		return error_new(ERR_INPUT, header->text.size ? "the age file was cut off in its first line"
							      : "the age file is empty");
	return error_new(ERR_INPUT, "the age file was cut off in its header");
}

/* To the end of the line, or as far as there is some. */
static size_t take_line(struct age_header *header, const char *bytes, size_t size)
{
	const char *newline = memchr(bytes, '\n', size);
	size_t taken = newline ? (size_t)(newline - bytes) + 1 : size, room = AGE_LONGEST_HEADER - header->text.size;
	taken = taken < room ? taken : room;
	str_add_n(&header->text, bytes, taken);
	if (header->text.data[header->text.size - 1] != '\n')
		return taken;
	/* No line of a stanza can begin so. */
	if (header->text.size - header->line >= 3 && !memcmp(header->text.data + header->line, "---", 3))
		header->size = header->text.size;
	header->line = header->text.size;
	return taken;
}

static size_t take_nonce(struct age_header *header, const char *bytes, size_t size)
{
	size_t missing = header->size + AGE_NONCE_SIZE - header->text.size, taken = size < missing ? size : missing;
	str_add_n(&header->text, bytes, taken);
	return taken;
}

fallible age_header_feed(struct age_header *header, const char *bytes, size_t size, size_t *taken)
{
	size_t at = 0;
	while (at < size && !header->size) {
		at += take_line(header, bytes + at, size - at);
		if (!may_become_one(&header->text))
			return error_new(ERR_INPUT, "%s", no_age_file(&header->text));
		if (header->text.size == AGE_LONGEST_HEADER && !header->size)
			return error_new(ERR_INPUT, "the header of the age file has no end within %zu bytes",
					 AGE_LONGEST_HEADER);
	}
	if (at < size)
		at += take_nonce(header, bytes + at, size - at);
	*taken = at;
	return NULL;
}

/* ---- looking through ---- */

static fallible damaged(const char *how)
{
	return error_new(ERR_INPUT, "the header of the age file is damaged: %s", how);
}

static const char *check_x25519(const struct age_stanza *stanza)
{
	unsigned char share[AGE_KEY_SIZE];
	if (stanza->arguments != 2 ||
	    !age_base64_decode(stanza->argument, stanza->argument_length, share, sizeof share))
		return "a stanza for an X25519 recipient has no share of 32 bytes";
	/* Before any key is tried: a body of another length might be opened by more than one. */
	return stanza->body_size == AGE_WRAPPED_SIZE ? NULL : "a stanza for an X25519 recipient has no key of 32 bytes";
}

struct contents {
	size_t stanzas, passphrases;
};

static const char *check_stanzas(const char *at, const char *end, struct contents *contents)
{
	while (at < end) {
		struct age_stanza stanza;
		const char *wrong = age_stanza_read(&at, end, &stanza);
		if (!wrong && age_stanza_is(&stanza, "X25519"))
			wrong = check_x25519(&stanza);
		if (wrong)
			return wrong;
		contents->stanzas++;
		contents->passphrases += age_stanza_is(&stanza, "scrypt");
	}
	return contents->stanzas ? NULL : "it has no recipient";
}

/* Whoever knows a passphrase knows that one who knows it wrote the file; a second recipient would break that. */
static fallible check_passphrases(const struct contents *contents)
{
	if (!contents->passphrases)
		return NULL;
	if (contents->stanzas > 1)
		return damaged("a passphrase stands beside another recipient");
	return error_hint(error_new(ERR_PERMISSION, "the age file is encrypted with a passphrase"),
			  "passphrases are not taken: it can be decrypted with `age -d` and encrypted again for a "
			  "recipient (age1..)");
}

static bool read_mac(const char *line, const char *end, unsigned char mac[static AGE_KEY_SIZE])
{
	return (size_t)(end - line) == AGE_END_LENGTH && line[3] == ' ' &&
	       age_base64_decode(line + 4, AGE_KEY_LETTERS, mac, AGE_KEY_SIZE);
}

/* ---- opening ---- */

enum outcome { OPENED, NOT_FOR_THIS_ONE, LOW_ORDER };

static enum outcome unwrap(const struct age_stanza *stanza, const unsigned char identity[static AGE_KEY_SIZE],
			   struct age_file_key *file_key)
{
	unsigned char share[AGE_KEY_SIZE], recipient[AGE_KEY_SIZE];
	AUTO(age_key) struct age_key key;
	if (!age_base64_decode(stanza->argument, stanza->argument_length, share, sizeof share))
		return NOT_FOR_THIS_ONE; /* check_x25519 has seen that it is one */
	age_recipient_of(identity, recipient);
	if (!age_wrap_key(identity, share, share, recipient, &key))
		return LOW_ORDER;
	return age_chunk_open(key.bytes, 0, false, (const char *)stanza->body, sizeof stanza->body,
			      (char *)file_key->bytes)
		       ? OPENED
		       : NOT_FOR_THIS_ONE;
}

static fallible unwrap_any(const char *at, const char *end, const struct age_identities *identities,
			   struct age_file_key *file_key)
{
	while (at < end) {
		struct age_stanza stanza;
		const char *wrong = age_stanza_read(&at, end, &stanza);
		if (wrong)
			return damaged(wrong);
		if (!age_stanza_is(&stanza, "X25519"))
			continue;
		for (size_t i = 0; i < identities->count; i++) {
			enum outcome outcome = unwrap(&stanza, identities->keys[i], file_key);
			if (outcome == LOW_ORDER)
				return damaged("the share in a stanza is a point of low order");
			if (outcome == OPENED)
				return NULL;
		}
	}
	return error_hint(error_new(ERR_PERMISSION, "the secret key that is given does not open it"),
			  "it was encrypted for other public keys: give the secret key (AGE-SECRET-KEY-1..) of one of "
			  "them");
}

fallible age_header_open(const struct age_header *header, const struct age_identities *identities,
			 struct age_key *payload)
{
	const char *text = header->text.data, *at = text + AGE_VERSION_LENGTH, *nonce = text + header->size;
	const char *last_line = memrchr(text, '\n', header->size - 1);
	const char *end = last_line + 1;
	struct contents contents = {0};
	unsigned char expected[AGE_KEY_SIZE], found[AGE_KEY_SIZE];
	const char *wrong = check_stanzas(at, end, &contents);
	if (wrong)
		return damaged(wrong);
	if (!read_mac(end, nonce, expected))
		return damaged("its last line is not right");
	TRY(check_passphrases(&contents));
	AUTO(age_file_key) struct age_file_key file_key;
	TRY(unwrap_any(at, end, identities, &file_key));
	age_header_mac(&file_key, text, (size_t)(end - text) + 3, found);
	if (sodium_memcmp(found, expected, sizeof found) != 0)
		return damaged("it is not what was written");
	age_payload_key(&file_key, (const unsigned char *)nonce, payload);
	return NULL;
}
