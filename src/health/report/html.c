#include "health/report/html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/memory.h"
#include "base/utf8.h"

static void add_text(struct str *out, const char *text)
{
	if (text)
		markup_add(out, text, strlen(text));
}

/* A conversion without its %; returns what is behind it. */
static const char *add_conversion(struct str *out, const char *at, va_list *values)
{
	if (text_starts(at, "zu")) {
		str_add_format(out, "%zu", va_arg(*values, size_t));
		return at + 2;
	}
	if (text_starts(at, "lld")) {
		str_add_format(out, "%lld", va_arg(*values, long long));
		return at + 3;
	}
	if (*at == 's')
		add_text(out, va_arg(*values, const char *));
	else if (*at == 'd')
		str_add_format(out, "%d", va_arg(*values, int));
	else if (*at == '%')
		str_add_char(out, '%');
	else
		abort(); /* what it names would be taken for what the next one does */
	return at + 1;
}

void html_add(struct str *out, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	while (*format) {
		size_t plain = strcspn(format, "%");
		str_add_n(out, format, plain);
		format += plain;
		if (*format)
			format = add_conversion(out, format + 1, &values);
	}
	va_end(values);
}

void html_add_prose(struct str *out, const char *text)
{
	for (;;) {
		const char *from = strchr(text, '`');
		const char *to = from ? strchr(from + 1, '`') : NULL;
		if (!to)
			break;
		markup_add(out, text, (size_t)(from - text));
		html_add(out, "<code>");
		markup_add(out, from + 1, (size_t)(to - from - 1));
		html_add(out, "</code>");
		text = to + 1;
	}
	add_text(out, text);
}

const char *const mark_names[MARKS] = {
	[MARK_ABSENT] = "absent",   [MARK_GOOD] = "good",	[MARK_INFO] = "info",
	[MARK_UNKNOWN] = "unknown", [MARK_WARNING] = "warning", [MARK_CRITICAL] = "critical",
};

/* A ring, a tick, an i, a question mark, a triangle, a cross: told apart without their colours. */
static void add_shape(struct str *out, enum mark mark)
{
	static const char *const shapes[MARKS] = {
		[MARK_ABSENT] = "<circle class=\"line\" cx=\"6\" cy=\"6\" r=\"4\"/>",
		[MARK_GOOD] = "<path class=\"line\" d=\"M2 6.5 5 9.5 10 3\"/>",
		[MARK_INFO] = "<circle class=\"line\" cx=\"6\" cy=\"6\" r=\"5\"/>"
			      "<path class=\"line\" d=\"M6 5.5v3.5M6 3v.5\"/>",
		[MARK_UNKNOWN] = "<path class=\"line\" d=\"M3.5 4A2.5 2.5 0 1 1 6 6.5V8M6 10.5v.5\"/>",
		[MARK_WARNING] = "<path class=\"line\" d=\"M6 1.2 11.3 10.8H.7zM6 4.5v3M6 9v.3\"/>",
		[MARK_CRITICAL] = "<circle class=\"full\" cx=\"6\" cy=\"6\" r=\"6\"/>"
				  "<path class=\"cut\" d=\"M3.6 3.6 8.4 8.4M8.4 3.6 3.6 8.4\"/>",
	};
	str_add(out, shapes[mark]);
}

void html_add_sign(struct str *out, enum mark mark)
{
	html_add(out, "<svg class=\"sign %s\" viewBox=\"0 0 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\">",
		 mark_names[mark]);
	add_shape(out, mark);
	html_add(out, "</svg>");
}

void html_add_sign_at(struct str *out, enum mark mark, int x, int y)
{
	html_add(out, "<g class=\"sign %s\" transform=\"translate(%d %d)\">", mark_names[mark], x, y);
	add_shape(out, mark);
	html_add(out, "</g>");
}

void html_add_badge(struct str *out, enum mark mark, const char *word)
{
	html_add(out, "<span class=\"badge %s\">", mark_names[mark]);
	html_add_sign(out, mark);
	html_add(out, "%s</span>", word);
}

/* ---- shortening ---- */

/* The bytes of a code point, or of what is none. */
static size_t length_of(const char *text, size_t size)
{
	uint32_t point;
	size_t length = utf8_decode(text, size, &point);
	return length ? length : 1;
}

/* The bytes of the text that fit into so many columns, from its beginning. */
static size_t fitting(const char *text, size_t size, size_t columns)
{
	size_t end = 0, width = 0;
	while (end < size) {
		size_t length = length_of(text + end, size - end);
		width += utf8_width(text + end, length);
		if (width > columns)
			break;
		end += length;
	}
	return end;
}

/* Where the part begins that fits into so many columns, to the end. */
static size_t fitting_tail(const char *text, size_t size, size_t columns)
{
	size_t from = 0, width = utf8_width(text, size);
	while (from < size && width > columns) {
		size_t length = length_of(text + from, size - from);
		width -= utf8_width(text + from, length);
		from += length;
	}
	return from;
}

char *html_shorten(const char *text, size_t columns)
{
	size_t size = strlen(text);
	if (utf8_width(text, size) <= columns)
		return text_copy(text);
	size_t head = fitting(text, size, (columns - 1) / 2);
	size_t tail = fitting_tail(text, size, columns - 1 - (columns - 1) / 2);
	return text_format("%.*s\xe2\x80\xa6%s", (int)head, text, text + tail);
}
