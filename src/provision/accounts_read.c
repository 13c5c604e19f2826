#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "openwebui/users.h"
#include "provision/accounts_read.h"
#include "provision/csv.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* ---- columns ---- */

static bool column_in(const char *const *list, const char *column)
{
	for (; *list; list++)
		if (!strcasecmp(column, *list))
			return true;
	return false;
}

static fallible unknown_column(const char *where, const char *column)
{
	AUTO(str) struct str hint = {0};
	AUTO(strings) struct strings near = {0};
	size_t count = 0;
	while (account_columns[count])
		count++;
	suggest(column, account_columns, count, &near);
	if (near.count)
		str_add_format(&hint, "did you mean \"%s\"? ", near.items[0]);
	str_add(&hint, "the columns are: ");
	for (size_t i = 0; i < count; i++)
		str_add_format(&hint, "%s%s", i ? ", " : "", account_columns[i]);
	return error_hint(error_new(ERR_INPUT, "%s: unknown column \"%s\"", where, column), "%s", str_text(&hint));
}

fallible reader_column(struct reader *reader, const char *where, const char *column, bool *taken)
{
	*taken = column_in(account_columns, column);
	if (*taken)
		return NULL;
	if (!column_in(user_given_columns, column))
		return unknown_column(where, column);
	if (!strings_have(&reader->left_out, column))
		strings_add(&reader->left_out, column);
	return NULL;
}

/* ---- CSV ---- */

static const char header_hint[] = "the first line names the columns, for example: email,name,role,password";

/* A file in another form, or without a header, is told as that and not as an unknown column. Its fields are not shown:
 * one may be a password. */
static fallible check_first_line(const struct csv *csv)
{
	const char *first = csv->fields.items[0];
	if (text_starts(first, "- ") || !strcmp(first, "---"))
		return error_hint(error_new(ERR_INPUT, "%s looks like YAML, which import does not take", csv->name),
				  "give CSV with a header line, a JSON array, or JSON lines: -o csv and -o json write "
				  "them");
	for (size_t i = 0; i < csv->fields.count; i++)
		if (strchr(csv->fields.items[i], '@'))
			return error_hint(error_new(ERR_INPUT, "%s: the first line names no columns, it is an account "
							       "already",
						    csv->name),
					  "%s", header_hint);
	return NULL;
}

/* `columns` gets "" for one that is left out. */
static fallible read_header(struct reader *reader, struct csv *csv, struct strings *columns)
{
	bool found, has_email = false;
	TRY(csv_next(csv, &found));
	if (!found)
		return error_hint(error_new(ERR_INPUT, "%s is empty", csv->name), "%s", header_hint);
	TRY(check_first_line(csv));
	for (size_t i = 0; i < csv->fields.count; i++) {
		const char *column = csv->fields.items[i];
		bool taken;
		TRY(reader_column(reader, csv->name, column, &taken));
		for (size_t j = 0; j < columns->count; j++)
			if (taken && !strcasecmp(columns->items[j], column))
				return error_hint(error_new(ERR_INPUT,
							    "%s: the column \"%s\" stands twice in the header",
							    csv->name, column),
						  "leave one of them out");
		has_email = has_email || !strcasecmp(column, "email");
		strings_add(columns, taken ? column : "");
	}
	if (!has_email)
		return error_hint(error_new(ERR_INPUT, "%s: the header has no column \"email\"", csv->name), "%s",
				  header_hint);
	return NULL;
}

static fallible read_csv(struct reader *reader)
{
	AUTO(csv) struct csv csv;
	AUTO(strings) struct strings columns = {0};
	csv_start(&csv, reader->input, reader->name);
	TRY(read_header(reader, &csv, &columns));
	for (;;) {
		bool record;
		TRY(csv_next(&csv, &record));
		if (!record)
			return NULL;
		struct account *account = accounts_add(reader->accounts, csv.line);
		for (size_t i = 0; i < csv.fields.count && i < columns.count; i++)
			account_set(account, columns.items[i], csv.fields.items[i]);
		if (csv.fields.count != columns.count)
			account_refuse(account, NULL, "has %zu fields where the header has %zu", csv.fields.count,
				       columns.count);
	}
}

/* ---- any form ---- */

/* The first byte behind a byte order mark, which is dropped; what was read is given back, which glibc lets us do. */
static int peek(FILE *input)
{
	static const char mark[] = BYTE_ORDER_MARK;
	int byte, size = 0;
	while ((byte = getc(input)) != EOF && size < 3 && byte == (unsigned char)mark[size])
		size++;
	ungetc(byte, input);
	while (size > 0 && size < 3)
		ungetc((unsigned char)mark[--size], input);
	return byte;
}

static fallible read_as(struct reader *reader, enum accounts_format format)
{
	switch (format) {
	case ACCOUNTS_JSONL:
		return read_json_lines(reader);
	case ACCOUNTS_JSON:
		return read_json_array(reader);
	case ACCOUNTS_CSV:
	case ACCOUNTS_GUESS:
		break;
	}
	return read_csv(reader);
}

fallible accounts_read(struct accounts *accounts, FILE *input, const char *name, enum accounts_format format)
{
	struct reader reader = {.accounts = accounts, .input = input, .name = name};
	int first = peek(input);
	if (format == ACCOUNTS_GUESS)
		format = first == '[' ? ACCOUNTS_JSON : first == '{' ? ACCOUNTS_JSONL : ACCOUNTS_CSV;
	struct error *error = read_as(&reader, format);
	if (!error && reader.left_out.count) {
		AUTO(memory) char *list = strings_join(&reader.left_out, ", ");
		log_note("new accounts get their own %s: what the file says is left out", list);
	}
	strings_cleanup(&reader.left_out);
	return error;
}
