#include "backup/fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

/* A list's line is that of one thing: a table with its columns, a file with its places. */
#define LONGEST_LINE (64 << 20)

static const char escaped[] = "\\\t\n\r", letters[] = "\\tnr";

static void begin_field(struct str *lines)
{
	if (lines->size && lines->data[lines->size - 1] != '\n')
		str_add_char(lines, '\t');
}

void fields_add(struct str *lines, const char *text)
{
	begin_field(lines);
	for (;;) {
		size_t plain = strcspn(text, escaped);
		str_add_n(lines, text, plain);
		text += plain;
		if (!*text)
			return;
		str_add_char(lines, '\\');
		str_add_char(lines, letters[strchr(escaped, *text++) - escaped]);
	}
}

void fields_add_number(struct str *lines, uint64_t number)
{
	begin_field(lines);
	str_add_format(lines, "%" PRIu64, number);
}

fallible fields_wrong(const struct fields_reader *reader)
{
	return error_new(ERR_INPUT, "%s, line %zu: it is not as it should be", reader->what, reader->number);
}

/* What an escape means is never longer than the escape. */
static bool decode(char *field)
{
	char *to = field;
	for (const char *from = field; *from; from++) {
		if (*from == '\\') {
			const char *letter = *++from ? strchr(letters, *from) : NULL;
			if (!letter)
				return false;
			*to++ = escaped[letter - letters];
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return true;
}

static fallible take_line(struct fields_reader *reader, const char *line, size_t size)
{
	strings_cleanup(&reader->fields);
	reader->fields = (struct strings){0};
	reader->number++;
	if (memchr(line, '\0', size))
		return fields_wrong(reader);
	for (const char *end = line + size, *tab; line <= end; line = tab + 1) {
		tab = memchr(line, '\t', (size_t)(end - line));
		if (!tab)
			tab = end;
		char *field = text_copy_n(line, (size_t)(tab - line));
		strings_add_taken(&reader->fields, field);
		if (!decode(field))
			return fields_wrong(reader);
	}
	return reader->line(reader->state, reader->fields.items, reader->fields.count);
}

fallible fields_take(void *state, const char *bytes, size_t size)
{
	struct fields_reader *reader = state;
	while (size) {
		const char *newline = memchr(bytes, '\n', size);
		size_t piece = newline ? (size_t)(newline - bytes) : size;
		if (reader->rest.size + piece > LONGEST_LINE)
			return fields_wrong(reader);
		str_add_n(&reader->rest, bytes, piece);
		if (!newline)
			return NULL;
		TRY(take_line(reader, str_text(&reader->rest), reader->rest.size));
		str_clear(&reader->rest);
		bytes += piece + 1;
		size -= piece + 1;
	}
	return NULL;
}

fallible fields_end(struct fields_reader *reader)
{
	if (!reader->rest.size)
		return NULL;
	reader->number++;
	return error_new(ERR_INPUT, "%s, line %zu: it is cut off", reader->what, reader->number);
}

void fields_reader_cleanup(struct fields_reader *reader)
{
	str_cleanup(&reader->rest);
	strings_cleanup(&reader->fields);
}
