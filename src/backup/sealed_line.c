#include "backup/sealed_line.h"

#include <string.h>

#include "base/json.h"

#define MAC_PREFIX "mac "

static void mac_of(const char *line, size_t size, const unsigned char key[static DIGEST_SIZE],
		   unsigned char mac[static DIGEST_SIZE])
{
	struct digest digest;
	digest_begin(&digest, key);
	digest_add(&digest, line, size);
	digest_end(&digest, mac);
}

void sealed_line_add(struct str *text, const json_t *json, const unsigned char key[static DIGEST_SIZE])
{
	unsigned char mac[DIGEST_SIZE];
	char mac_text[DIGEST_TEXT_SIZE];
	size_t before = text->size;
	json_add_line(text, json);
	mac_of(text->data + before, text->size - before, key, mac);
	hex_text(mac, sizeof mac, mac_text);
	str_add_format(text, MAC_PREFIX "%s\n", mac_text);
}

static bool mac_is_right(const struct str *text, size_t line, const unsigned char *key)
{
	unsigned char said[DIGEST_SIZE], mac[DIGEST_SIZE];
	const char *rest = text->data + line;
	if (!text_starts(rest, MAC_PREFIX) || !hex_parse(rest + strlen(MAC_PREFIX), said, sizeof said) ||
	    strcmp(rest + strlen(MAC_PREFIX) + 2 * sizeof said, "\n") != 0)
		return false;
	if (!key)
		return true;
	mac_of(text->data, line, key, mac);
	return !sodium_memcmp(said, mac, sizeof mac);
}

fallible sealed_line_read(const struct str *text, const unsigned char *key, json_t **json)
{
	const char *newline = strchr(str_text(text), '\n');
	size_t line = newline ? (size_t)(newline - text->data) + 1 : 0;
	if (!line || strlen(text->data) != text->size)
		return error_new(ERR_INPUT, "it is not as it should be");
	if (!mac_is_right(text, line, key))
		return error_hint(error_new(ERR_INPUT, "it was changed, or written for other public keys"),
				  "give the public keys that it was made for (--recipient), all of them and no others");
	*json = json_loadb(text->data, line, JSON_REJECT_DUPLICATES, NULL);
	return *json ? NULL : error_new(ERR_INPUT, "it is not as it should be");
}
