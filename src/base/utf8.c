#include "base/utf8.h"

#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

size_t utf8_decode(const char *bytes, size_t size, uint32_t *point)
{
	const unsigned char *b = (const unsigned char *)bytes;
	if (b[0] < 0x80) {
		*point = b[0];
		return 1;
	}
	size_t length = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
	if (b[0] < 0xc2 || b[0] > 0xf4 || length > size)
		return 0;
	uint32_t value = b[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (b[i] & 0x3f);
	}
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*point = value;
	return length;
}

bool utf8_valid(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(bytes + i, size - i, &point);
		if (!length)
			return false;
		i += length;
	}
	return true;
}

void utf8_encode(struct str *out, uint32_t point)
{
	if (point < 0x80) {
		str_add_char(out, (char)point);
	} else if (point < 0x800) {
		str_add_char(out, (char)(0xc0 | point >> 6));
		str_add_char(out, (char)(0x80 | (point & 0x3f)));
	} else if (point < 0x10000) {
		str_add_char(out, (char)(0xe0 | point >> 12));
		str_add_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
		str_add_char(out, (char)(0x80 | (point & 0x3f)));
	} else {
		str_add_char(out, (char)(0xf0 | point >> 18));
		str_add_char(out, (char)(0x80 | (point >> 12 & 0x3f)));
		str_add_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
		str_add_char(out, (char)(0x80 | (point & 0x3f)));
	}
}

bool utf8_is_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c ||
	       (point >= 0x200e && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xfffe || point == 0xffff;
}

void utf8_add_safe(struct str *out, const char *bytes, size_t size)
{
	size_t plain = 0; /* a run that can be copied at once */
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(bytes + i, size - i, &point);
		if (length && !utf8_is_unsafe(point)) {
			i += length;
			continue;
		}
		str_add_n(out, bytes + plain, i - plain);
		if (!length || point < 0x100)
			str_add_format(out, "\\x%02x", length ? point : (unsigned char)bytes[i]);
		else
			str_add_format(out, "\\u%04x", point);
		i += length ? length : 1;
		plain = i;
	}
	str_add_n(out, bytes + plain, size - plain);
}

/* owctl runs in whatever locale it finds; character classes come from C.UTF-8 all the same. */
static locale_t unicode_locale;

static void make_locale(void)
{
	unicode_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static locale_t unicode(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_locale);
	return unicode_locale;
}

size_t utf8_cut(const char *text, size_t most)
{
	size_t size = strnlen(text, most + 1);
	if (size <= most)
		return size;
	for (size = most; size && ((unsigned char)text[size] & 0xc0) == 0x80;)
		size--;
	return size;
}

size_t utf8_width(const char *text, size_t size)
{
	locale_t before = unicode() ? uselocale(unicode()) : (locale_t)0;
	size_t width = 0;
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(text + i, size - i, &point);
		int columns = length ? (point < 0x80 ? 1 : wcwidth((wchar_t)point)) : 1;
		width += columns > 0 ? (size_t)columns : 0;
		i += length ? length : 1;
	}
	if (before)
		uselocale(before);
	return width;
}

void utf8_add_lower(struct str *out, const char *text)
{
	size_t size = text ? strlen(text) : 0;
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(text + i, size - i, &point);
		if (!length) {
			str_add_char(out, text[i++]);
			continue;
		}
		if (point < 0x80)
			point = point >= 'A' && point <= 'Z' ? point + 32 : point;
		else if (unicode())
			point = (uint32_t)towlower_l((wint_t)point, unicode());
		utf8_encode(out, point);
		i += length;
	}
}

char *utf8_safe_copy(const char *text)
{
	AUTO(str) struct str safe = {0};
	if (!text)
		return NULL;
	utf8_add_safe(&safe, text, strlen(text));
	return str_take(&safe);
}
