#include "base/percent.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

static bool is_unreserved(unsigned char c)
{
	return (c < 0x80 && isalnum(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

void percent_encode(struct str *out, const char *bytes, size_t size, const char *keep)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (is_unreserved(c) || (c && strchr(keep, c))) {
			str_add_char(out, (char)c);
			continue;
		}
		str_add_n(out, (const char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
	}
}

static int digit_of(char c)
{
	return !isxdigit((unsigned char)c) ? -1 : c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool percent_decode(struct str *out, const char *text, size_t size)
{
	size_t from = out->size;
	for (size_t i = 0; i < size; i++) {
		if (text[i] != '%') {
			str_add_char(out, text[i]);
			continue;
		}
		int high = i + 2 < size ? digit_of(text[i + 1]) : -1, low = high < 0 ? -1 : digit_of(text[i + 2]);
		if (low < 0 || high + low == 0)
			return false;
		str_add_char(out, (char)(high << 4 | low));
		i += 2;
	}
	return out->size == from || utf8_valid(out->data + from, out->size - from);
}
