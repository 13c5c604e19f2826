#include "backup/place.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"

#define PACK_BYTES (PACK_ID_SIZE / 2)

void place_new_pack(char id[static PACK_ID_SIZE])
{
	unsigned char bytes[PACK_BYTES];
	random_bytes(bytes, sizeof bytes);
	hex_text(bytes, sizeof bytes, id);
}

void place_add_text(struct str *out, const struct place *place)
{
	char hash[DIGEST_TEXT_SIZE];
	hex_text(place->hash, DIGEST_SIZE, hash);
	str_add_format(out, "%s%s:%" PRIu64 ":%" PRIu64 ":%s", place->compressed ? "z" : "", place->pack, place->offset,
		       place->size, hash);
}

static bool parse_pack(const char **text, char pack[static PACK_ID_SIZE])
{
	unsigned char bytes[PACK_BYTES];
	if (!hex_parse(*text, bytes, sizeof bytes))
		return false;
	hex_text(bytes, sizeof bytes, pack);
	*text += PACK_ID_SIZE - 1;
	return *(*text)++ == ':';
}

bool place_parse(const char *text, struct place *place)
{
	place->compressed = *text == 'z';
	text += place->compressed;
	return parse_pack(&text, place->pack) && number_parse(&text, ':', &place->offset) &&
	       number_parse(&text, ':', &place->size) && hex_parse(text, place->hash, DIGEST_SIZE) &&
	       !text[DIGEST_TEXT_SIZE - 1];
}
