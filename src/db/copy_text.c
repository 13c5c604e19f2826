#include "db/copy_text.h"

#include <endian.h>
#include <string.h>

/* What follows a backslash in place of the character; NUL: it stands for itself. */
static char escape_of(char c)
{
	switch (c) {
	case '\\':
		return '\\';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\v':
		return 'v';
	default:
		return '\0';
	}
}

/* ---- eight bytes at a time ---- */

#define EACH_BYTE(byte) ((uint64_t)(byte) * 0x0101010101010101u)

/* The high bit of every byte that may need an escape: below 16, or a backslash. Bits above the lowest one that is set
 * may be wrong. */
static uint64_t special_in(uint64_t bytes)
{
	uint64_t slash = bytes ^ EACH_BYTE('\\');
	return (((bytes - EACH_BYTE(16)) & ~bytes) | ((slash - EACH_BYTE(1)) & ~slash)) & EACH_BYTE(0x80);
}

/* Copies up to the first byte that may need an escape; how many. `to` has room for all. */
static size_t copy_plain(char *to, const char *from, size_t size)
{
	size_t at = 0;
	for (; at + 8 <= size; at += 8) {
		uint64_t bytes;
		memcpy(&bytes, from + at, sizeof bytes);
		memcpy(to + at, &bytes, sizeof bytes);
		uint64_t special = special_in(le64toh(bytes));
		if (special)
			return at + (size_t)__builtin_ctzll(special) / 8;
	}
	for (; at < size && (unsigned char)from[at] >= 16 && from[at] != '\\'; at++)
		to[at] = from[at];
	return at;
}

/* Room for the worst case is made first, so that the loop only writes. */
size_t copy_add_text(struct str *out, const char *text, size_t size)
{
	if (!size)
		return 0;
	str_reserve(out, size * 2);
	char *to = out->data + out->size;
	size_t at = 0;
	while (at < size) {
		size_t plain = copy_plain(to, text + at, size - at);
		to += plain;
		at += plain;
		if (at == size || !text[at])
			break;
		char escape = escape_of(text[at]);
		if (escape)
			*to++ = '\\';
		*to++ = escape ? escape : text[at];
		at++;
	}
	*to = '\0';
	out->size = (size_t)(to - out->data);
	return at;
}

void copy_add_nul(struct str *out)
{
	str_add_n(out, "\\x00", 4);
}

void copy_add_integer(struct str *out, int64_t value)
{
	char digits[24];
	char *p = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	str_add_n(out, p, (size_t)(digits + sizeof digits - p));
}

void copy_add_hex(struct str *out, const char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	str_reserve(out, size * 2);
	char *to = out->data + out->size;
	for (size_t i = 0; i < size; i++) {
		*to++ = digits[(unsigned char)bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	*to = '\0';
	out->size += size * 2;
}

fallible copy_add_value(struct str *out, const struct db_value *value)
{
	switch (value->type) {
	case DB_NULL:
		str_add_n(out, COPY_NULL, strlen(COPY_NULL));
		break;
	case DB_INTEGER:
		copy_add_integer(out, value->integer);
		break;
	case DB_BOOLEAN:
		str_add_char(out, value->integer ? 't' : 'f');
		break;
	case DB_REAL:
		copy_add_real(out, value->real);
		break;
	case DB_TEXT:
		if (copy_add_text(out, value->text, value->size) < value->size)
			return error_new(ERR_INPUT, "a text with a NUL character can't be stored in PostgreSQL");
		break;
	case DB_BLOB:
		str_add(out, COPY_BYTES);
		copy_add_hex(out, value->text, value->size);
		break;
	}
	return NULL;
}
