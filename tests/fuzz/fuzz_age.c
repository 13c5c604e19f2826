/* age files of any bytes, fed in pieces of any size: what comes out is what was sealed, or the beginning of it and an
 * error. The first byte says what the rest is: a file; a header's text, given a right MAC; a payload and what happens
 * to it; texts of keys. The second one says how large pieces are. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "../unit/age_kit.h"

#define LARGEST_PAYLOAD (3 * AGE_CHUNK_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char identity[1][AGE_KEY_SIZE] = {"the identity in all of the runs"};
static const struct age_identities identities = {identity, 1};

/* The same whatever the pieces are. */
static enum error_code read_in_pieces(const struct str *file, size_t piece, struct str *plain)
{
	AUTO(str) struct str at_once = {0};
	AUTO(error) struct error *error = kit_read(&identities, str_text(file), file->size, piece, plain);
	AUTO(error) struct error *same = kit_read(&identities, str_text(file), file->size, file->size + 1, &at_once);
	assert(!error == !same && (!error || error->code == same->code));
	assert(plain->size == at_once.size && !memcmp(str_text(plain), str_text(&at_once), plain->size));
	assert(!error || error->code == ERR_INPUT || error->code == ERR_PERMISSION);
	AUTO(age_opener) struct age_opener opener = {0};
	AUTO(error) struct error *header = age_opener_begin(&identities, str_text(file), file->size, &opener);
	assert(header || opener.payload <= file->size);
	assert(!header || (error && error->code == header->code && !plain->size));
	return error ? error->code : 0;
}

static void read_file(const char *bytes, size_t size, size_t piece)
{
	AUTO(str) struct str file = {0};
	AUTO(str) struct str plain = {0};
	str_add_n(&file, bytes, size);
	read_in_pieces(&file, piece, &plain);
}

/* Behind a stanza that can be opened, so that what is wrong is either seen or means nothing. */
static void read_header(const char *bytes, size_t size, size_t piece)
{
	AUTO(kit) struct kit kit;
	AUTO(str) struct str plain = {0};
	kit_begin(&kit);
	kit_x25519(&kit, identity[0]);
	str_add_n(&kit.file, bytes, size);
	kit_mac(&kit);
	kit_payload(&kit);
	enum error_code code = read_in_pieces(&kit.file, piece, &plain);
	assert(code == ERR_INPUT || code == 0);
	assert(code == 0 ? plain.size == 3 && !memcmp(plain.data, "age", 3) : !plain.size);
}

static size_t number_of(const char **bytes, size_t *size, size_t most)
{
	size_t number = 0;
	for (unsigned i = 0; i < 3 && *size; i++, (*size)--)
		number = number << 8 | (unsigned char)*(*bytes)++;
	return number % (most + 1);
}

/* Three bytes for the size, and three for each place where a bit is flipped; an odd number of them cuts there. */
static void read_payload(const char *bytes, size_t size, size_t piece)
{
	AUTO(kit) struct kit kit;
	AUTO(str) struct str plain = {0};
	size_t left = number_of(&bytes, &size, LARGEST_PAYLOAD);
	kit_begin(&kit);
	kit_x25519(&kit, identity[0]);
	kit_mac(&kit);
	kit_nonce(&kit);
	for (; left > AGE_CHUNK_SIZE; left -= AGE_CHUNK_SIZE)
		kit_chunk(&kit, AGE_CHUNK_SIZE, false);
	kit_chunk(&kit, left, true);
	AUTO(str) struct str damaged = {0};
	str_add_n(&damaged, kit.file.data, kit.file.size);
	while (size >= 3) {
		size_t at = number_of(&bytes, &size, damaged.size - 1);
		if (size == 1)
			damaged.size = at;
		else
			damaged.data[at] ^= 1;
	}
	bool changed = damaged.size != kit.file.size || memcmp(damaged.data, kit.file.data, damaged.size) != 0;
	enum error_code code = read_in_pieces(&damaged, piece, &plain);
	assert(changed == (code != 0));
	assert(plain.size <= kit.plain.size && !memcmp(str_text(&plain), str_text(&kit.plain), plain.size));
	assert(code || plain.size == kit.plain.size);
}

static void read_keys(const char *bytes, size_t size)
{
	AUTO(memory) char *text = text_copy_n(bytes, size);
	AUTO(age_recipients) struct age_recipients recipients = {0};
	AUTO(age_identities) struct age_identities found = {0};
	AUTO(error) struct error *no_recipients = age_recipients_add(&recipients, text);
	AUTO(error) struct error *no_identities = age_identities_add(&found, text);
	assert(no_recipients || no_identities);
	assert(!no_recipients || (no_recipients->code == ERR_INPUT && error_hint_text(no_recipients)));
	assert(!no_identities || (no_identities->code == ERR_INPUT && error_hint_text(no_identities)));
	assert(!no_recipients == (recipients.count > 0) && !no_identities == (found.count > 0));
	for (size_t i = 0; i < recipients.count; i++) {
		AUTO(memory) char *line = age_recipient_text(recipients.keys[i]);
		assert(strstr(text, line));
		assert(!i || memcmp(recipients.keys[i - 1], recipients.keys[i], AGE_KEY_SIZE) < 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	const char *rest = (const char *)data + 2;
	size_t piece = (size_t)data[1] + 1;
	size -= 2;
	switch (data[0] % 4) {
	case 0:
		read_file(rest, size, piece);
		break;
	case 1:
		read_header(rest, size, piece);
		break;
	case 2:
		read_payload(rest, size, piece * 301);
		break;
	default:
		read_keys(rest, size);
	}
	return 0;
}
