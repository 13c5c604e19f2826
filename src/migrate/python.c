#include "migrate/python.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/str.h"
#include "base/utf8.h"

/* The zeros of the scripts that have digits (Nd of the Unicode Character Database); nine others follow each. */
static const uint32_t zeros[] = {
	0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,   0xce6,
	0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,  0x19d0,
	0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,  0xa9f0,
	0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
	0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
	0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0};

static char ascii_of(uint32_t point)
{
	for (size_t i = 0; i < COUNT(zeros); i++)
		if (point >= zeros[i] && point <= zeros[i] + 9)
			return (char)('0' + (point - zeros[i]));
	return point < 0x80 ? (char)point : '\0';
}

static bool is_blank(char c)
{
	return c && strchr(" \t\r\n\v\f", c);
}

/* The number in ASCII without blanks around it and without its underscores, which stand between digits only. */
static bool plain(const char *text, struct str *out)
{
	size_t size = strlen(text);
	char before = '\0';
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(text + i, size - i, &point);
		char c = length ? ascii_of(point) : '\0';
		i += length;
		if (!c || (before == '_' && !isdigit((unsigned char)c)) ||
		    (c == '_' && !isdigit((unsigned char)before)))
			return false;
		if (c != '_' && !(is_blank(c) && !out->size))
			str_add_char(out, c);
		before = c;
	}
	while (out->size && is_blank(out->data[out->size - 1]))
		out->data[--out->size] = '\0';
	return out->size && before != '_';
}

bool python_int(const char *text, int64_t *number)
{
	AUTO(str) struct str ascii = {0};
	char *end;
	if (!plain(text, &ascii) || is_blank(*ascii.data))
		return false;
	errno = 0;
	*number = strtoll(ascii.data, &end, 10);
	return !errno && end != ascii.data && !*end;
}

bool python_float(const char *text, double *number)
{
	AUTO(str) struct str ascii = {0};
	char *end;
	if (!plain(text, &ascii) || ascii.data[strspn(ascii.data, "0123456789+-.eE")])
		return false;
	*number = strtod(ascii.data, &end);
	return end != ascii.data && !*end && isfinite(*number);
}

#define CAPITAL_I_WITH_DOT 0x130
#define CAPITAL_SIGMA 0x3a3

/* Near enough for what stands beside a Greek letter. */
static bool is_letter(uint32_t point)
{
	return point < 0x80 ? isalpha((int)point) : point >= 0xc0 && point < 0x2000;
}

static uint32_t letter_at(const char *text)
{
	uint32_t point;
	return *text && utf8_decode(text, strlen(text), &point) ? point : 0;
}

void python_add_lower(struct str *out, const char *text)
{
	uint32_t before = 0;
	for (size_t left = strlen(text); left;) {
		uint32_t point = 0;
		size_t length = utf8_decode(text, left, &point);
		char one[8] = {0};
		length = length ? length : 1;
		memcpy(one, text, length);
		text += length;
		left -= length;
		if (point == CAPITAL_I_WITH_DOT)
			str_add(out, "i\u0307");
		else if (point == CAPITAL_SIGMA && is_letter(before) && !is_letter(letter_at(text)))
			str_add(out, "\u03c2");
		else
			utf8_add_lower(out, one);
		before = point;
	}
}
