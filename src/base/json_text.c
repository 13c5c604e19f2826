#include "base/json_text.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

/* ---- strings ---- */

static bool is_high(uint32_t point)
{
	return point >= 0xd800 && point < 0xdc00;
}

static bool is_low(uint32_t point)
{
	return point >= 0xdc00 && point < 0xe000;
}

/* The four digits at `digits`. */
static uint32_t unit_of(const char *digits)
{
	uint32_t unit = 0;
	for (size_t i = 0; i < 4; i++) {
		char c = digits[i];
		unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return unit;
}

/* Appends what the escape behind a backslash means; returns what follows it. */
static const char *add_unescaped(struct str *out, const char *at, const char *end)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	if (*at != 'u') {
		const char *letter = strchr(letters, *at);
		str_add_char(out, letter ? meant[letter - letters] : *at);
		return at + 1;
	}
	uint32_t point = unit_of(at + 1);
	at += 5;
	if (is_high(point) && end - at >= 6 && at[0] == '\\' && at[1] == 'u' && is_low(unit_of(at + 2))) {
		point = 0x10000 + ((point - 0xd800) << 10) + (unit_of(at + 2) - 0xdc00);
		at += 6;
	}
	utf8_encode(out, point);
	return at;
}

void json_add_decoded(struct str *out, const char *raw, size_t size)
{
	const char *at = raw, *end = raw + size;
	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		str_add_n(out, at, (size_t)((escape ? escape : end) - at));
		at = escape ? add_unescaped(out, escape + 1, end) : end;
	}
}

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* One code point, lone surrogates too. U+FFFD for a byte that begins none. */
static size_t decode(const char *bytes, size_t size, uint32_t *point)
{
	size_t length = utf8_decode(bytes, size, point);
	if (length)
		return length;
	const unsigned char *b = (const unsigned char *)bytes;
	bool surrogate = size >= 3 && b[0] == 0xed && b[1] >= 0xa0 && b[1] <= 0xbf && (b[2] & 0xc0) == 0x80;
	*point = surrogate ? 0xd000u | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu) : 0xfffd;
	return surrogate ? 3 : 1;
}

static void add_unit(struct str *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	const char text[] = {'\\', 'u', hex[unit >> 12], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
	str_add_n(out, text, sizeof text);
}

/* By hand: in most languages of the world every letter is one. */
static void add_escape(struct str *out, uint32_t point)
{
	static const char meant[] = "\"\\\n\r\t\b\f", letters[] = "\"\\nrtbf";
	const char *letter = point && point < 0x80 ? strchr(meant, (char)point) : NULL;
	if (letter) {
		str_add_char(out, '\\');
		str_add_char(out, letters[letter - meant]);
	} else if (point < 0x10000) {
		add_unit(out, point);
	} else {
		add_unit(out, 0xd800 + ((point - 0x10000) >> 10));
		add_unit(out, 0xdc00 + (point & 0x3ff));
	}
}

void json_add_string(struct str *out, const char *bytes, size_t size)
{
	str_add_char(out, '"');
	for (size_t i = 0, plain = 0; i < size; plain = i) {
		while (i < size && is_plain(bytes[i]))
			i++;
		str_add_n(out, bytes + plain, i - plain);
		if (i < size) {
			uint32_t point;
			i += decode(bytes + i, size - i, &point);
			add_escape(out, point);
		}
	}
	str_add_char(out, '"');
}

/* ---- numbers ---- */

/* "d.ddde-XX", of at most 17 digits. */
struct digits {
	char text[32];
};

static double value_of(const struct digits *digits)
{
	return strtod(digits->text, NULL);
}

/* Adds one to the last digit; false if that would need one more digit. */
static bool next_above(struct digits *digits)
{
	for (char *at = strchr(digits->text, 'e') - 1; at >= digits->text; at--) {
		if (*at == '.')
			continue;
		if (*at != '9') {
			++*at;
			return true;
		}
		*at = '0';
	}
	return false;
}

/* The shortest digits that read back as `value`, which is positive and finite; of several those nearest to it. Of a
 * normal double 15 digits are the least to try, as fewer would be the same with noughts behind. */
static struct digits shortest(double value)
{
	struct digits digits = {0};
	int exponent;
	bool power_of_two = frexp(value, &exponent) == 0.5;
	for (int count = value < DBL_MIN ? 1 : 15; count <= 17; count++) {
		snprintf(digits.text, sizeof digits.text, "%.*e", count - 1, value);
		if (value_of(&digits) == value)
			break;
		/* Below a power of two doubles are twice as dense as above: what is not the nearest may read back. */
		if (power_of_two && next_above(&digits) && value_of(&digits) == value)
			break;
	}
	return digits;
}

static void add_plain(struct str *out, const char *digits, size_t count, int exponent)
{
	if (exponent < 0) {
		str_add_n(out, "0.000", (size_t)(1 - exponent));
		str_add_n(out, digits, count);
		return;
	}
	size_t whole = (size_t)exponent + 1;
	str_add_n(out, digits, count < whole ? count : whole);
	for (size_t i = count; i < whole; i++)
		str_add_char(out, '0');
	str_add_char(out, '.');
	str_add(out, count > whole ? digits + whole : "0");
}

/* Python's repr: plain from 0.0001 up to below 1e16, with an exponent of at least two digits beyond. */
static void add_float(struct str *out, double value)
{
	struct digits shown = shortest(value);
	char *e = strchr(shown.text, 'e');
	int exponent = atoi(e + 1);
	char digits[20] = {shown.text[0]};
	size_t count = 1;
	for (const char *at = shown.text + 2; at < e; at++)
		digits[count++] = *at;
	while (count > 1 && digits[count - 1] == '0')
		digits[--count] = '\0';
	if (exponent >= -4 && exponent < 16)
		add_plain(out, digits, count, exponent);
	else
		str_add_format(out, "%c%s%se%+03d", digits[0], count > 1 ? "." : "", digits + 1, exponent);
}

/* Without its sign. strtod wants a text that ends at a NUL. */
static void add_read(struct str *out, const char *raw, size_t size)
{
	AUTO(memory) char *text = text_copy_n(raw, size);
	double value = strtod(text, NULL);
	if (isinf(value))
		str_add(out, "Infinity");
	else if (value > 0)
		add_float(out, value);
	else
		str_add(out, "0.0");
}

void json_add_number(struct str *out, const char *raw, size_t size)
{
	bool is_float = memchr(raw, '.', size) || memchr(raw, 'e', size) || memchr(raw, 'E', size);
	bool minus = *raw == '-';
	if (!is_float && size == 2 && minus && raw[1] == '0')
		str_add_char(out, '0');
	else if (!is_float) /* NaN and Infinity too, neither of which has an "e" */
		str_add_n(out, raw, size);
	else if (minus)
		str_add_char(out, '-');
	if (is_float)
		add_read(out, raw + minus, size - minus);
}
