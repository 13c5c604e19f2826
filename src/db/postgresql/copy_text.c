/* COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format" */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/postgresql/postgresql.h"

/* What follows a backslash in place of the character; NUL: it stands for itself. */
static char escape_of(char c)
{
	switch (c) {
	case '\\':
		return '\\';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return '\0';
	}
}

/* Room for the worst case is made first, so that the loop only writes. */
static fallible add_text(struct str *out, const char *text, size_t size)
{
	str_reserve(out, size * 2);
	char *to = out->data + out->size;
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		if (__builtin_expect((unsigned char)c > '\\' || ((unsigned char)c > '\r' && c != '\\'), 1)) {
			*to++ = c;
			continue;
		}
		if (!c)
			return error_new(ERR_INPUT, "a text with a NUL character can't be stored in PostgreSQL");
		char escape = escape_of(c);
		if (escape) {
			*to++ = '\\';
			c = escape;
		}
		*to++ = c;
	}
	*to = '\0';
	out->size = (size_t)(to - out->data);
	return NULL;
}

static void add_integer(struct str *out, int64_t value)
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

static void add_real(struct str *out, double value)
{
	if (isinf(value))
		str_add(out, value < 0 ? "-Infinity" : "Infinity");
	else
		str_add_format(out, "%.17g", value);
}

static void add_bytes(struct str *out, const char *bytes, size_t size)
{
	str_add(out, "\\\\x");
	for (size_t i = 0; i < size; i++)
		str_add_format(out, "%02x", (unsigned char)bytes[i]);
}

fallible pg_copy_value(struct str *out, const struct db_value *value)
{
	switch (value->type) {
	case DB_NULL:
		str_add_n(out, "\\N", 2);
		break;
	case DB_INTEGER:
		add_integer(out, value->integer);
		break;
	case DB_BOOLEAN:
		str_add_char(out, value->integer ? 't' : 'f');
		break;
	case DB_REAL:
		add_real(out, value->real);
		break;
	case DB_TEXT:
		return add_text(out, value->text, value->size);
	case DB_BLOB:
		add_bytes(out, value->text, value->size);
		break;
	}
	return NULL;
}
