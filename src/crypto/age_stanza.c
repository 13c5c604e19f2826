/* The grammar of a header's stanzas: "-> ARGUMENT ..", and a body as base64 in lines of 64 columns whose last one is
 * shorter, if need be empty. Nothing else is let pass, so that there is one way only to write a header. */
#include <sodium.h>
#include <string.h>

#include "crypto/age_format.h"

#define COLUMNS 64
#define LINE_SIZE 48 /* bytes in a full line of the body */

/* libsodium 1.0.18 takes a byte from 0x80 on for a letter: `char` is signed there. */
static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

bool age_base64_decode(const char *text, size_t length, unsigned char *bytes, size_t size)
{
	size_t found = 0;
	/* libsodium refuses padding and bits that are left over, as RFC 4648, 3.5 wants it. */
	return is_ascii(text, length) &&
	       !sodium_base642bin(bytes, size, text, length, NULL, &found, NULL,
				  sodium_base64_VARIANT_ORIGINAL_NO_PADDING) &&
	       found == size;
}

void age_base64_add(struct str *out, const unsigned char *bytes, size_t size)
{
	char text[AGE_KEY_LETTERS + 1];
	str_add(out, sodium_bin2base64(text, sizeof text, bytes, size, sodium_base64_VARIANT_ORIGINAL_NO_PADDING));
}

/* The line at `*at` without its newline, which it is moved behind. */
static const char *next_line(const char **at, const char *end, size_t *length)
{
	const char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line));
	*length = (size_t)(newline - line);
	*at = newline + 1;
	return line;
}

static void keep_argument(struct age_stanza *stanza, const char *argument, size_t length)
{
	stanza->arguments++;
	if (stanza->arguments == 1) {
		stanza->type = argument;
		stanza->type_length = length;
	} else if (stanza->arguments == 2) {
		stanza->argument = argument;
		stanza->argument_length = length;
	}
}

/* One blank before each argument, which has visible characters of ASCII only, one at least. */
static bool read_arguments(const char *at, const char *end, struct age_stanza *stanza)
{
	while (at < end) {
		if (*at++ != ' ')
			return false;
		const char *argument = at;
		while (at < end && *at > ' ' && *at <= '~')
			at++;
		if (at == argument)
			return false;
		keep_argument(stanza, argument, (size_t)(at - argument));
	}
	return stanza->arguments;
}

static void keep_body(struct age_stanza *stanza, const unsigned char *bytes, size_t size)
{
	size_t room = stanza->body_size < sizeof stanza->body ? sizeof stanza->body - stanza->body_size : 0;
	memcpy(stanza->body + (sizeof stanza->body - room), bytes, size < room ? size : room);
	stanza->body_size += size;
}

static const char *read_body(const char **at, const char *end, struct age_stanza *stanza)
{
	size_t length;
	do {
		if (*at == end)
			return "a stanza has no last line";
		const char *line = next_line(at, end, &length);
		unsigned char bytes[LINE_SIZE];
		if (length > COLUMNS)
			return "a line of a stanza is too long";
		if (!age_base64_decode(line, length, bytes, length * 3 / 4))
			return "a stanza is not base64";
		keep_body(stanza, bytes, length * 3 / 4);
	} while (length == COLUMNS);
	return NULL;
}

const char *age_stanza_read(const char **at, const char *end, struct age_stanza *stanza)
{
	size_t length;
	const char *line = next_line(at, end, &length);
	*stanza = (struct age_stanza){0};
	if (length < 2 || memcmp(line, "->", 2) != 0)
		return "a line begins no stanza";
	if (!read_arguments(line + 2, line + length, stanza))
		return "the arguments of a stanza are not right";
	return read_body(at, end, stanza);
}

bool age_stanza_is(const struct age_stanza *stanza, const char *type)
{
	return stanza->type_length == strlen(type) && !memcmp(stanza->type, type, stanza->type_length);
}
