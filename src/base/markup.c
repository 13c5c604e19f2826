#include "base/markup.h"

#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT 0xfffd

static const char *entity_of(uint32_t point)
{
	switch (point) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
	case '\r':
	case '\t':
		return " ";
	}
	return NULL;
}

void markup_add(struct str *out, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(bytes + i, size - i, &point);
		const char *entity = length ? entity_of(point) : NULL;
		if (entity)
			str_add(out, entity);
		else if (!length || utf8_is_unsafe(point) || point == 0xfffe || point == 0xffff)
			utf8_encode(out, REPLACEMENT);
		else
			str_add_n(out, bytes + i, length);
		i += length ? length : 1;
	}
}
