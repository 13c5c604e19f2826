#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* Fixed since the beginning (catalog/pg_type.dat); libpq-dev does not bring the server's header. */
#define OID_UNKNOWN 0 /* the server works it out */
#define OID_BOOL 16
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_FLOAT8 701

static void add_hex(struct str *out, const char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	str_add(out, "\\x");
	str_reserve(out, size * 2);
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		str_add_char(out, digits[byte >> 4]);
		str_add_char(out, digits[byte & 15]);
	}
}

static fallible add_value(struct str *out, const struct db_value *value, Oid *type)
{
	switch (value->type) {
	case DB_NULL:
		break;
	case DB_INTEGER:
		*type = OID_INT8;
		str_add_format(out, "%lld", (long long)value->integer);
		break;
	case DB_BOOLEAN:
		*type = OID_BOOL;
		str_add_char(out, value->integer ? 't' : 'f');
		break;
	case DB_REAL:
		*type = OID_FLOAT8;
		str_add_format(out, "%.17g", value->real);
		break;
	case DB_TEXT:
		if (value->size && memchr(value->text, '\0', value->size))
			return error_new(ERR_INPUT, "a text with a NUL character can't be stored in PostgreSQL");
		str_add_n(out, value->text, value->size);
		break;
	case DB_BLOB:
		*type = OID_BYTEA;
		add_hex(out, value->text, value->size);
		break;
	}
	return NULL;
}

fallible pg_parameters_make(struct pg_parameters *made, const struct db_value *values, size_t count)
{
	AUTO(memory) size_t *starts = mem_new(count, sizeof *starts);
	made->types = mem_new(count, sizeof *made->types);
	made->values = mem_new(count, sizeof *made->values);
	for (size_t i = 0; i < count; i++) {
		starts[i] = made->bytes.size;
		made->types[i] = OID_UNKNOWN;
		TRY(add_value(&made->bytes, &values[i], &made->types[i]));
		str_add_n(&made->bytes, "", 1);
	}
	/* Only now: the bytes moved while they grew. */
	for (size_t i = 0; i < count; i++)
		made->values[i] = values[i].type == DB_NULL ? NULL : made->bytes.data + starts[i];
	return NULL;
}

void pg_parameters_cleanup(struct pg_parameters *made)
{
	free(made->types);
	free(made->values);
	if (made->bytes.data)
		mem_wipe(made->bytes.data, made->bytes.size);
	str_cleanup(&made->bytes);
}
