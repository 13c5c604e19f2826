/* What a column's declared type makes of values and of their text, https://www.sqlite.org/datatype3.html. A number in a
 * column of JSON, of a date or of a boolean is one to SQLite too, whatever it was put in as. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "db/copy_decode.h"
#include "db/copy_text.h"
#include "db/sqlite/sqlite.h"

/* No number that SQLite or PostgreSQL writes is longer. */
#define LONGEST_NUMBER 63

/* The first that fits counts; the order of the first seven is SQLite's. */
static const struct {
	const char *part;
	enum sqlite_declared declared;
} parts[] = {
	{"INT", DECLARED_NUMERIC}, {"CHAR", DECLARED_TEXT}, {"CLOB", DECLARED_TEXT},   {"TEXT", DECLARED_TEXT},
	{"BLOB", DECLARED_BYTES},  {"REAL", DECLARED_REAL}, {"FLOA", DECLARED_REAL},   {"DOUB", DECLARED_REAL},
	{"BOOL", DECLARED_BOOLEAN}, {"BYTEA", DECLARED_BYTES}, {"BINARY", DECLARED_BYTES},
};

enum sqlite_declared sqlite_declared_of(const char *type)
{
	if (!type || !*type)
		return DECLARED_TEXT;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (strcasestr(type, parts[i].part))
			return parts[i].declared;
	return DECLARED_NUMERIC;
}

/* ---- numbers ---- */

static size_t skip_digits(const char *text, size_t size, size_t at)
{
	while (at < size && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* -1, 2.5, 1e+20; `whole`: without a fraction or an exponent. */
static bool is_number(const char *text, size_t size, bool *whole)
{
	size_t first = size && text[0] == '-' ? 1 : 0, at = skip_digits(text, size, first);
	if (at == first || size > LONGEST_NUMBER)
		return false;
	*whole = at == size;
	if (at < size && text[at] == '.') {
		first = at + 1;
		at = skip_digits(text, size, first);
		if (at == first)
			return false;
	}
	if (at < size && (text[at] | 0x20) == 'e') {
		first = at + 1 + (at + 1 < size && (text[at + 1] == '-' || text[at + 1] == '+'));
		at = skip_digits(text, size, first);
		if (at == first)
			return false;
	}
	return at == size;
}

/* A number too large for either stays a text, of which SQLite makes what it likes. */
static bool read_number(const char *text, size_t size, struct db_value *value)
{
	bool whole;
	if (!is_number(text, size, &whole))
		return false;
	char digits[LONGEST_NUMBER + 1];
	memcpy(digits, text, size);
	digits[size] = '\0';
	errno = 0;
	int64_t integer = whole ? strtoll(digits, NULL, 10) : 0;
	bool fits = whole && !errno && (integer || digits[0] != '-');
	*value = fits ? db_integer(integer) : db_real(strtod(digits, NULL));
	return value->type == DB_INTEGER || !isinf(value->real);
}

static bool read_infinity(const char *text, size_t size, struct db_value *value)
{
	static const char name[] = "Infinity";
	bool negative = size && *text == '-';
	if (size - negative != strlen(name) || memcmp(text + negative, name, strlen(name)) != 0)
		return false;
	*value = db_real(negative ? -INFINITY : INFINITY);
	return true;
}

/* ---- both ways ---- */

static bool is_letter(const struct db_value *text, char letter)
{
	return text->size == 1 && *text->text == letter;
}

/* Where the text is, which has begun with an escape, so that it is no longer in the line. */
static void read_bytes(struct str *unescaped, struct db_value *value)
{
	if (!value->size || value->text[0] != '\\')
		return;
	char *place = unescaped->data + (value->text - unescaped->data);
	if (copy_read_hex(value->text, value->size, place))
		*value = db_blob(place, value->size / 2 - 1);
}

void sqlite_read_text(enum sqlite_declared declared, struct str *unescaped, struct db_value *value)
{
	const struct db_value text = *value;
	if (text.type != DB_TEXT)
		return;
	switch (declared) {
	case DECLARED_NOTHING:
	case DECLARED_TEXT:
		return;
	case DECLARED_BYTES:
		read_bytes(unescaped, value);
		return;
	case DECLARED_BOOLEAN:
		if (is_letter(&text, 't') || is_letter(&text, 'f'))
			*value = db_integer(is_letter(&text, 't'));
		return;
	case DECLARED_REAL:
		if (read_infinity(text.text, text.size, value))
			return;
		break;
	case DECLARED_NUMERIC:
		break;
	}
	if (!read_number(text.text, text.size, value))
		*value = text;
}

/* Whether a number's text is that number again. */
static bool real_reads_back(double real)
{
	AUTO(str) struct str text = {0};
	struct db_value value;
	copy_add_real(&text, real);
	return read_number(text.data, text.size, &value) && value.type == DB_REAL;
}

static bool is_odd_number(enum sqlite_declared declared, const struct db_value *value)
{
	switch (declared) {
	case DECLARED_REAL:
		return false;
	case DECLARED_NUMERIC:
		return value->type == DB_REAL && !real_reads_back(value->real);
	case DECLARED_BOOLEAN:
		return value->type == DB_REAL || (value->integer != 0 && value->integer != 1);
	default:
		return true;
	}
}

static bool is_odd_text(enum sqlite_declared declared, const struct db_value *value)
{
	struct db_value number = *value;
	if (declared == DECLARED_TEXT)
		return false;
	if (declared == DECLARED_BOOLEAN || declared == DECLARED_BYTES)
		return true;
	sqlite_read_text(declared, NULL, &number);
	return number.type != DB_TEXT;
}

bool sqlite_is_odd(enum sqlite_declared declared, const struct db_value *value)
{
	if (declared == DECLARED_NOTHING || value->type == DB_NULL)
		return false;
	if (value->type == DB_BLOB)
		return declared != DECLARED_BYTES;
	return value->type == DB_TEXT ? is_odd_text(declared, value) : is_odd_number(declared, value);
}
