#include "crypto/bech32.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

#define CHECKSUM_LENGTH 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One more value of five bits into the checksum: a BCH code over GF(32). */
static uint32_t checksum_add(uint32_t checksum, unsigned value)
{
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = checksum >> 25;
	checksum = (checksum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		if (top >> i & 1)
			checksum ^= generator[i];
	return checksum;
}

/* It is computed over the lower case whatever the text has. */
static uint32_t checksum_of_prefix(const char *prefix)
{
	uint32_t checksum = 1;
	for (const char *c = prefix; *c; c++)
		checksum = checksum_add(checksum, (unsigned)tolower((unsigned char)*c) >> 5);
	checksum = checksum_add(checksum, 0);
	for (const char *c = prefix; *c; c++)
		checksum = checksum_add(checksum, (unsigned)tolower((unsigned char)*c) & 31);
	return checksum;
}

static size_t letters_for(size_t size)
{
	return (size * 8 + 4) / 5;
}

/* The five bits from bit 5 * `at` on; those behind the end are 0. */
static unsigned five_bits(const unsigned char *bytes, size_t size, size_t at)
{
	size_t bit = at * 5;
	unsigned pair = (unsigned)bytes[bit / 8] << 8;
	if (bit / 8 + 1 < size)
		pair |= bytes[bit / 8 + 1];
	return pair >> (11 - bit % 8) & 31;
}

char *bech32_encode(const char *prefix, const unsigned char *bytes, size_t size)
{
	bool upper = isupper((unsigned char)*prefix);
	size_t letters = letters_for(size);
	char *text = mem_new(strlen(prefix) + 1 + letters + CHECKSUM_LENGTH + 1, 1), *out = text;
	out = stpcpy(out, prefix);
	*out++ = '1';
	uint32_t checksum = checksum_of_prefix(prefix);
	for (size_t i = 0; i < letters; i++) {
		unsigned value = five_bits(bytes, size, i);
		checksum = checksum_add(checksum, value);
		*out++ = alphabet[value];
	}
	for (unsigned i = 0; i < CHECKSUM_LENGTH; i++)
		checksum = checksum_add(checksum, 0);
	checksum ^= 1;
	for (unsigned i = 0; i < CHECKSUM_LENGTH; i++)
		*out++ = alphabet[checksum >> 5 * (CHECKSUM_LENGTH - 1 - i) & 31];
	for (char *c = text; upper && *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return text;
}

static bool letter_value(char letter, bool upper, unsigned *value)
{
	if (!letter || (upper ? islower((unsigned char)letter) : isupper((unsigned char)letter)))
		return false;
	const char *found = strchr(alphabet, tolower((unsigned char)letter));
	*value = found ? (unsigned)(found - alphabet) : 0;
	return found != NULL;
}

bool bech32_decode(const char *text, size_t length, const char *prefix, unsigned char *bytes, size_t size)
{
	size_t before = strlen(prefix) + 1, letters = letters_for(size);
	if (length != before + letters + CHECKSUM_LENGTH || memcmp(text, prefix, before - 1) != 0 ||
	    text[before - 1] != '1')
		return false;
	bool upper = isupper((unsigned char)*prefix);
	uint32_t checksum = checksum_of_prefix(prefix);
	unsigned bits = 0, count = 0, value;
	for (size_t i = 0, done = 0; i < letters + CHECKSUM_LENGTH; i++) {
		if (!letter_value(text[before + i], upper, &value))
			return false;
		checksum = checksum_add(checksum, value);
		if (i >= letters)
			continue;
		bits = (bits << 5 | value) & 0xfff;
		count += 5;
		if (count >= 8 && done < size) {
			count -= 8;
			bytes[done++] = (unsigned char)(bits >> count);
		}
	}
	/* What fills up the last letter is 0. */
	bool canonical = !(bits & ((1u << count) - 1));
	return canonical && checksum == 1;
}
