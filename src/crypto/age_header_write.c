/* The header: the file key wrapped for each recipient, so that none of them sees who the others are. */
#include <sodium.h>

#include "base/random.h"
#include "crypto/age_format.h"

/* A new ephemeral secret for each stanza: two that share one could be told to be of the same file. */
static bool wrap(const unsigned char recipient[static AGE_KEY_SIZE], const struct age_file_key *file_key,
		 unsigned char share[static AGE_KEY_SIZE], unsigned char body[static AGE_WRAPPED_SIZE])
{
	AUTO(age_key) struct age_key ephemeral;
	AUTO(age_key) struct age_key key;
	random_bytes(ephemeral.bytes, sizeof ephemeral.bytes);
	crypto_scalarmult_base(share, ephemeral.bytes);
	if (!age_wrap_key(ephemeral.bytes, recipient, share, recipient, &key))
		return false;
	/* The key is used once, so its nonce is that of a first chunk: twelve zeroes. */
	age_chunk_seal(key.bytes, 0, false, (const char *)file_key->bytes, sizeof file_key->bytes, (char *)body);
	return true;
}

static fallible add_stanza(struct str *out, const unsigned char recipient[static AGE_KEY_SIZE],
			   const struct age_file_key *file_key)
{
	unsigned char share[AGE_KEY_SIZE], body[AGE_WRAPPED_SIZE];
	if (!wrap(recipient, file_key, share, body))
		return error_new(ERR_INPUT, "a recipient is none: anybody could read what is encrypted for it");
	str_add(out, "-> X25519 ");
	age_base64_add(out, share, sizeof share);
	str_add_char(out, '\n');
	age_base64_add(out, body, sizeof body);
	str_add_char(out, '\n');
	return NULL;
}

fallible age_header_write(const struct age_recipients *recipients, const struct age_file_key *file_key,
			  struct str *out)
{
	size_t most = (AGE_LONGEST_HEADER - AGE_VERSION_LENGTH - AGE_END_LENGTH) / AGE_STANZA_LENGTH;
	if (!recipients->count)
		return error_hint(error_new(ERR_INPUT, "there is no recipient to encrypt for"),
				  "without one nobody could read the file");
	if (recipients->count > most)
		return error_new(ERR_INPUT, "a file for %zu recipients is for too many: %zu at most", recipients->count,
				 most);
	size_t begin = out->size;
	str_reserve(out, AGE_VERSION_LENGTH + recipients->count * AGE_STANZA_LENGTH + AGE_END_LENGTH + AGE_NONCE_SIZE);
	str_add(out, AGE_VERSION);
	for (size_t i = 0; i < recipients->count; i++)
		TRY(add_stanza(out, recipients->keys[i], file_key));
	str_add(out, "---");
	unsigned char mac[AGE_KEY_SIZE];
	age_header_mac(file_key, out->data + begin, out->size - begin, mac);
	str_add_char(out, ' ');
	age_base64_add(out, mac, sizeof mac);
	str_add_char(out, '\n');
	return NULL;
}
