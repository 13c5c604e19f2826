#include "telemetry/protobuf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "crypto/digest.h"

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_SIZED = 2, WIRE_FIXED32 = 5 };

static const enum wire wires[] = {
	[PB_TEXT] = WIRE_SIZED,	     [PB_DIGITS] = WIRE_SIZED,	[PB_VARINT] = WIRE_VARINT,
	[PB_FIXED64] = WIRE_FIXED64, [PB_DOUBLE] = WIRE_FIXED64, [PB_MESSAGE] = WIRE_SIZED,
};

/* ---- writing ---- */

/* Seven bits a byte, the lowest first; all but the last have the eighth. */
static void add_varint(struct str *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		str_add_char(out, (char)(0x80 | (value & 0x7f)));
	str_add_char(out, (char)value);
}

static void add_sized(struct str *out, const void *bytes, size_t size)
{
	add_varint(out, size);
	str_add_n(out, bytes, size);
}

/* The lowest byte first. */
static void add_fixed64(struct str *out, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		str_add_char(out, (char)(value & 0xff));
}

static void add_digits(struct str *out, const char *text)
{
	size_t size = strlen(text) / 2;
	unsigned char *bytes = mem_new(size + 1, 1);
	bool fine = hex_parse(text, bytes, size);
	add_sized(out, bytes, fine ? size : 0);
	free(bytes);
}

static uint64_t number_of(const json_t *value)
{
	const char *text = json_string_value(value);
	if (!text)
		return (uint64_t)json_integer_value(value);
	return *text == '-' ? (uint64_t)strtoll(text, NULL, 10) : strtoull(text, NULL, 10);
}

static void add_double(struct str *out, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	add_fixed64(out, bits);
}

static void add_field(struct str *out, const struct pb_field *field, const json_t *value)
{
	AUTO(str) struct str inner = {0};
	add_varint(out, field->number << 3 | wires[field->kind]);
	switch (field->kind) {
	case PB_TEXT:
		add_sized(out, json_string_value(value), json_string_length(value));
		break;
	case PB_DIGITS:
		add_digits(out, json_string_value(value));
		break;
	case PB_VARINT:
		add_varint(out, number_of(value));
		break;
	case PB_FIXED64:
		add_fixed64(out, number_of(value));
		break;
	case PB_DOUBLE:
		add_double(out, json_number_value(value));
		break;
	case PB_MESSAGE:
		pb_encode(&inner, field->fields, value);
		add_sized(out, str_text(&inner), inner.size);
		break;
	}
}

void pb_encode(struct str *out, const struct pb_field *fields, const json_t *message)
{
	for (const struct pb_field *field = fields; field->name; field++) {
		const json_t *value = json_object_get(message, field->name);
		for (size_t i = 0; i < json_array_size(value); i++)
			add_field(out, field, json_array_get(value, i));
		if (value && !json_is_array(value))
			add_field(out, field, value);
	}
}

/* ---- reading ---- */

struct reader {
	const unsigned char *at, *end;
};

static bool read_varint(struct reader *reader, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		unsigned char byte = *reader->at++;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool read_sized(struct reader *reader, uint64_t size, struct reader *inner)
{
	if (size > (uint64_t)(reader->end - reader->at))
		return false;
	*inner = (struct reader){reader->at, reader->at + size};
	reader->at += size;
	return true;
}

/* A number for WIRE_VARINT, else bytes. */
static bool read_value(struct reader *reader, enum wire wire, uint64_t *number, struct reader *bytes)
{
	switch (wire) {
	case WIRE_VARINT:
		return read_varint(reader, number);
	case WIRE_FIXED64:
		return read_sized(reader, 8, bytes);
	case WIRE_FIXED32:
		return read_sized(reader, 4, bytes);
	case WIRE_SIZED:
		return read_varint(reader, number) && read_sized(reader, *number, bytes);
	}
	return false; /* of groups, which nobody writes any more */
}

static json_t *value_of(const struct pb_field *field, uint64_t number, const struct reader *bytes)
{
	size_t size = (size_t)(bytes->end - bytes->at);
	AUTO(str) struct str text = {0};
	switch (field->kind) {
	case PB_TEXT:
		utf8_add_safe(&text, (const char *)bytes->at, size);
		return json_string(str_text(&text));
	case PB_DIGITS:
		str_reserve(&text, 2 * size);
		hex_text(bytes->at, size, text.data);
		return json_string(text.data);
	case PB_VARINT:
		return json_integer((json_int_t)number);
	case PB_MESSAGE:
		return pb_decode(field->fields, bytes->at, size);
	case PB_FIXED64:
	case PB_DOUBLE:
		break;
	}
	return json_null();
}

static void put(json_t *object, const char *name, json_t *value)
{
	json_t *before = json_object_get(object, name);
	if (!before) {
		json_object_set_new(object, name, value);
		return;
	}
	if (!json_is_array(before))
		json_object_set_new(object, name, json_pack("[O]", before));
	json_array_append_new(json_object_get(object, name), value);
}

static bool read_field(struct reader *reader, const struct pb_field *fields, json_t *object)
{
	uint64_t tag, number = 0;
	struct reader bytes = {NULL, NULL};
	if (!read_varint(reader, &tag) || tag >> 3 == 0 || !read_value(reader, (enum wire)(tag & 7), &number, &bytes))
		return false;
	for (const struct pb_field *field = fields; field->name; field++) {
		if (field->number != tag >> 3 || wires[field->kind] != (enum wire)(tag & 7))
			continue;
		json_t *value = value_of(field, number, &bytes);
		if (!value)
			return false;
		put(object, field->name, value);
	}
	return true;
}

json_t *pb_decode(const struct pb_field *fields, const void *bytes, size_t size)
{
	struct reader reader = {bytes, (const unsigned char *)bytes + size};
	json_t *object = json_object();
	while (reader.at < reader.end)
		if (!read_field(&reader, fields, object)) {
			json_decref(object);
			return NULL;
		}
	return object;
}
