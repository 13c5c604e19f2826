#include "provision/csv.h"

#include <errno.h>
#include <string.h>

#include "base/cancel.h"
#include "base/hide.h"
#include "base/memory.h"

void csv_start(struct csv *csv, FILE *input, const char *name)
{
	*csv = (struct csv){.input = input, .name = name, .next_line = 1};
	str_reserve(&csv->text, 65536); /* in one piece: growing would leave copies of passwords behind */
}

void csv_cleanup(struct csv *csv)
{
	mem_wipe(csv->text.data, csv->text.room);
	str_cleanup(&csv->text);
	strings_cleanup(&csv->fields);
}

static fallible fault(const struct csv *csv, const char *what, const char *hint)
{
	return error_hint(error_new(ERR_INPUT, "%s:%lld: %s", csv->name, (long long)csv->line, what), "%s", hint);
}

/* Reads the raw bytes of one record, line ends inside quotes included. */
static fallible read_record(struct csv *csv, bool *found)
{
	bool quoted = false;
	str_clear(&csv->text);
	csv->line = csv->next_line;
	for (;;) {
		int c = getc_unlocked(csv->input);
		if (c == EOF) {
			TRY(cancel_check());
			if (ferror(csv->input))
				return error_system(errno, "cannot read %s", csv->name);
			break;
		}
		if (c == '\0')
			return fault(csv, "holds a NUL byte", "is this a text file in UTF-8?");
		if (c == '"')
			quoted = !quoted;
		if (c == '\n') {
			csv->next_line++;
			if (!quoted)
				break;
		}
		if (csv->text.size >= CSV_RECORD_LIMIT)
			return fault(csv, "the record is longer than 1 MiB", "look for a quote that is never closed");
		str_add_char(&csv->text, (char)c);
	}
	if (quoted)
		return fault(csv, "a quote is never closed", "a quote inside a field is written twice: \"\"");
	*found = csv->text.size > 0 || !feof(csv->input);
	return cancel_check();
}

/* Of comma, semicolon and tab the one that the header uses most, outside quotes. */
static char guess_separator(const char *text)
{
	size_t counts[3] = {0};
	bool quoted = false;
	for (; *text; text++) {
		quoted ^= *text == '"';
		if (quoted)
			continue;
		counts[0] += *text == ',';
		counts[1] += *text == ';';
		counts[2] += *text == '\t';
	}
	if (counts[1] > counts[0] && counts[1] >= counts[2])
		return ';';
	return counts[2] > counts[0] ? '\t' : ',';
}

static bool is_blank(const struct csv *csv, char c)
{
	return c == ' ' || (c == '\t' && csv->separator != '\t');
}

static char *skip_blanks(const struct csv *csv, char *text)
{
	while (is_blank(csv, *text))
		text++;
	return text;
}

/* Takes one field off `text`, in place, so that a password is copied no more than needed; *rest is what follows its
 * separator, or NULL at the end of the record. */
static fallible split_field(struct csv *csv, char *text, char **rest)
{
	char *field = text = skip_blanks(csv, text), *end = text;
	if (*text == '"') {
		for (text++; *text != '"' || *++text == '"'; text++)
			*end++ = *text;
		text = skip_blanks(csv, text);
		if (*text && *text != csv->separator)
			return fault(csv, "text follows a closing quote",
				     "put the whole field in quotes and write quotes inside it twice");
	} else {
		text = end = text + strcspn(text, (char[]){csv->separator, '\0'});
		if (memchr(field, '"', (size_t)(end - field)))
			return fault(csv, "a quote stands inside a field that is not quoted",
				     "put the whole field in quotes and write quotes inside it twice");
		while (end > field && is_blank(csv, end[-1]))
			end--;
	}
	*rest = *text ? text + 1 : NULL;
	*end = '\0';
	strings_add(&csv->fields, field);
	return NULL;
}

fallible csv_next(struct csv *csv, bool *record)
{
	secrets_cleanup(&csv->fields);
	for (;;) {
		TRY(read_record(csv, record));
		if (!*record)
			return NULL;
		if (csv->text.size && csv->text.data[csv->text.size - 1] == '\r')
			csv->text.data[--csv->text.size] = '\0';
		if (csv->text.size)
			break;
	}
	char *text = csv->text.data;
	if (!csv->separator)
		csv->separator = guess_separator(text);
	while (text)
		TRY(split_field(csv, text, &text));
	return NULL;
}
