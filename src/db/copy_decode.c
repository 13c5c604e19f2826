#include "db/copy_decode.h"

#include <string.h>

#include "base/large.h"

static fallible refused(const char *what)
{
	return error_hint(error_new(ERR_INPUT, "no COPY text: %s", what), "the data was changed or cut off");
}

/* ---- escapes ---- */

static int octal(char c)
{
	return c >= '0' && c <= '7' ? c - '0' : -1;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to `most` digits; how many there were. */
static size_t read_digits(const char *at, const char *end, size_t most, int (*digit)(char c), int base, char *byte)
{
	int value = 0;
	size_t count = 0;
	while (count < most && at + count < end && digit(at[count]) >= 0)
		value = value * base + digit(at[count++]);
	*byte = (char)(value & 0xff);
	return count;
}

/* What follows a backslash, at `at`; how many bytes it takes, 0: none that is allowed. */
static size_t read_escape(const char *at, const char *end, char *byte)
{
	static const char names[] = "bfnrtv", bytes[] = "\b\f\n\r\t\v";
	if (at == end || (unsigned char)*at < ' ' || *at == '.')
		return 0;
	const char *name = strchr(names, *at);
	size_t digits = octal(*at) >= 0 ? read_digits(at, end, 3, octal, 8, byte) : 0;
	if (digits)
		return digits;
	digits = *at == 'x' ? read_digits(at + 1, end, 2, hex, 16, byte) : 0;
	if (digits)
		return 1 + digits;
	*byte = name ? bytes[name - names] : *at;
	return 1;
}

/* Appends the field, for which there is room. */
static fallible unescape(struct str *out, const char *at, const char *end)
{
	char *to = out->data + out->size;
	while (at < end) {
		const char *slash = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((slash ? slash : end) - at);
		large_copy(to, at, plain);
		to += plain;
		at += plain;
		if (!slash)
			break;
		size_t taken = read_escape(slash + 1, end, to);
		if (!taken)
			return refused("a backslash before nothing that it could stand for");
		to++;
		at += 1 + taken;
	}
	out->size = (size_t)(to - out->data);
	return NULL;
}

/* ---- lines ---- */

/* `rest`: how long the line is from here on. What is unescaped never gets longer, so its place stays. */
static fallible decode_field(const char *at, size_t size, size_t rest, struct str *unescaped, struct db_value *field)
{
	if (size == 2 && at[0] == '\\' && at[1] == 'N') {
		*field = db_null();
		return NULL;
	}
	*field = db_text_n(at, size);
	if (!memchr(at, '\\', size))
		return NULL;
	if (!unescaped->size)
		str_reserve(unescaped, rest);
	size_t start = unescaped->size;
	TRY(unescape(unescaped, at, at + size));
	*field = db_text_n(unescaped->data + start, unescaped->size - start);
	return NULL;
}

static fallible decode_fields(const char *at, const char *end, struct db_value *fields, size_t count,
			      struct str *unescaped)
{
	for (size_t i = 0; i < count; i++) {
		size_t rest = (size_t)(end - at);
		const char *tab = memchr(at, '\t', rest);
		if (!tab != (i + 1 == count))
			return refused(tab ? "a line has too many fields" : "a line has too few fields");
		size_t size = tab ? (size_t)(tab - at) : rest;
		TRY(decode_field(at, size, rest, unescaped, &fields[i]));
		at += size + 1;
	}
	return NULL;
}

fallible copy_decode_line(const char *lines, size_t size, struct db_value *fields, size_t count,
			  struct str *unescaped, size_t *used)
{
	const char *end = size ? memchr(lines, '\n', size) : NULL;
	if (!end)
		return refused("the last line has no end");
	size_t length = (size_t)(end - lines);
	if (memchr(lines, '\r', length) || memchr(lines, '\0', length))
		return refused("a carriage return or a NUL that should have been escaped");
	str_clear(unescaped);
	TRY(decode_fields(lines, end, fields, count, unescaped));
	*used = length + 1;
	return NULL;
}

static const char *find_end_mark(const char *lines, const char *end)
{
	const char *at = lines;
	while (at < end && (at = memchr(at, '\\', (size_t)(end - at)))) {
		if (at + 1 < end && at[1] == '.')
			return at;
		at += 2;
	}
	return NULL;
}

fallible copy_check_lines(const char *lines, size_t size, int64_t *count)
{
	const char *end = lines + size, *mark = find_end_mark(lines, end), *until = mark ? mark : end;
	*count = 0;
	for (const char *at = lines; (at = memchr(at, '\n', (size_t)(until - at))); at++)
		++*count;
	if (mark)
		return refused("a mark of its end in the midst of it");
	return size && end[-1] != '\n' ? refused("the last line has no end") : NULL;
}

bool copy_read_hex(const char *text, size_t size, char *bytes)
{
	if (size % 2 || size < 2 || text[0] != '\\' || text[1] != 'x')
		return false;
	for (size_t i = 2; i < size; i++)
		if (hex(text[i]) < 0)
			return false;
	for (size_t i = 2; i < size; i += 2)
		bytes[i / 2 - 1] = (char)(hex(text[i]) << 4 | hex(text[i + 1]));
	return true;
}
