#include "crypto/digest.h"

void digest_begin(struct digest *digest, const unsigned char *key)
{
	crypto_generichash_init(&digest->state, key, key ? DIGEST_SIZE : 0, DIGEST_SIZE);
}

void digest_add(struct digest *digest, const void *bytes, size_t size)
{
	crypto_generichash_update(&digest->state, bytes, size);
}

void digest_end(struct digest *digest, unsigned char out[static DIGEST_SIZE])
{
	crypto_generichash_final(&digest->state, out, DIGEST_SIZE);
}

void digest_of(const void *bytes, size_t size, unsigned char out[static DIGEST_SIZE])
{
	crypto_generichash(out, DIGEST_SIZE, bytes, size, NULL, 0);
}

void hex_text(const unsigned char *bytes, size_t size, char *text)
{
	sodium_bin2hex(text, 2 * size + 1, bytes, size);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_parse(const char *text, unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int high = digit(text[2 * i]);
		int low = high < 0 ? -1 : digit(text[2 * i + 1]);
		if (low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}
