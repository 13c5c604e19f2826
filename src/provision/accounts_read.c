#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "provision/accounts.h"
#include "provision/csv.h"

static fallible unknown_column(const char *where, const char *column)
{
	struct strings known = {0};
	for (size_t i = 0; account_columns[i]; i++)
		strings_add(&known, account_columns[i]);
	AUTO(memory) char *list = strings_join(&known, ", ");
	strings_cleanup(&known);
	return error_hint(error_new(ERR_INPUT, "%s: unknown column \"%s\"", where, column), "the columns are: %s", list);
}

static bool column_known(const char *column)
{
	for (size_t i = 0; account_columns[i]; i++)
		if (!strcasecmp(column, account_columns[i]))
			return true;
	return false;
}

/* ---- CSV ---- */

static fallible read_header(struct csv *csv, struct strings *columns)
{
	bool found;
	TRY(csv_next(csv, &found));
	if (!found)
		return error_hint(error_new(ERR_INPUT, "%s is empty", csv->name),
				  "the first line names the columns, for example: email,name,role,password");
	bool has_email = false;
	for (size_t i = 0; i < csv->fields.count; i++) {
		const char *column = csv->fields.items[i];
		if (!column_known(column))
			return unknown_column(csv->name, column);
		for (size_t j = 0; j < columns->count; j++)
			if (!strcasecmp(columns->items[j], column))
				return error_hint(error_new(ERR_INPUT, "%s: the column \"%s\" stands twice in the header",
							    csv->name, column),
						  "leave one of them out");
		has_email = has_email || !strcasecmp(column, "email");
		strings_add(columns, column);
	}
	if (!has_email)
		return error_hint(error_new(ERR_INPUT, "%s: the header has no column \"email\"", csv->name),
				  "the first line names the columns, for example: email,name,role,password");
	return NULL;
}

static fallible read_csv(struct accounts *accounts, FILE *input, const char *name)
{
	AUTO(csv) struct csv csv;
	AUTO(strings) struct strings columns = {0};
	csv_start(&csv, input, name);
	TRY(read_header(&csv, &columns));
	for (;;) {
		bool record;
		TRY(csv_next(&csv, &record));
		if (!record)
			return NULL;
		struct account *account = accounts_add(accounts, csv.line);
		for (size_t i = 0; i < csv.fields.count && i < columns.count; i++)
			account_set(account, columns.items[i], csv.fields.items[i]);
		if (csv.fields.count != columns.count)
			account_refuse(account, NULL, "has %zu fields where the header has %zu", csv.fields.count,
				       columns.count);
	}
}

/* ---- JSON lines ---- */

static void set_groups(struct account *account, const json_t *list)
{
	size_t index;
	json_t *item;
	json_array_foreach(list, index, item)
	{
		if (json_is_string(item))
			strings_add(&account->groups, json_string_value(item));
		else
			account_refuse(account, NULL, "groups must be a list of names");
	}
}

/* jansson refuses a key that stands twice, but not one in other letters. */
static bool stands_before(json_t *object, const char *key)
{
	const char *other;
	json_t *value;
	json_object_foreach(object, other, value)
	{
		if (!strcasecmp(other, key))
			return strcmp(other, key) != 0;
	}
	return false;
}

static fallible set_fields(struct account *account, json_t *object, const char *where)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		if (!column_known(key))
			return unknown_column(where, key);
		if (stands_before(object, key))
			account_refuse(account, NULL, "%s stands twice", key);
		else if (json_is_array(value) && !strcasecmp(key, "groups"))
			set_groups(account, value);
		else if (json_is_string(value))
			account_set(account, key, json_string_value(value));
		else if (!json_is_null(value))
			account_refuse(account, NULL, "%s is not a text", key);
	}
	return NULL;
}

static fallible read_object(struct accounts *accounts, const char *text, size_t size, int64_t line, const char *name)
{
	json_error_t fault;
	json_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
	struct account *account = accounts_add(accounts, line);
	struct error *error = NULL;
	if (!object)
		account_refuse(account, NULL, "is not valid JSON: %s", fault.text);
	else if (!json_is_object(object))
		account_refuse(account, NULL, "is not a JSON object");
	else {
		AUTO(memory) char *where = text_format("%s:%lld", name, (long long)line);
		error = set_fields(account, object, where);
	}
	json_decref(object);
	return error;
}

/* One line without its end. *found false: there are no more. */
static fallible read_line(FILE *input, const char *name, int64_t line, struct str *text, bool *found)
{
	str_clear(text);
	for (;;) {
		int c = getc_unlocked(input);
		if (c == EOF) {
			TRY(cancel_check());
			if (ferror(input))
				return error_system(errno, "cannot read %s", name);
			*found = text->size > 0;
			return NULL;
		}
		if (c == '\n')
			break;
		if (text->size >= CSV_RECORD_LIMIT)
			return error_hint(error_new(ERR_INPUT, "%s:%lld: the line is longer than 1 MiB", name, (long long)line),
					  "every account is an object in a line of its own");
		str_add_char(text, (char)c);
	}
	*found = true;
	return cancel_check();
}

static fallible read_jsonl(struct accounts *accounts, FILE *input, const char *name)
{
	AUTO(str) struct str text = {0};
	str_reserve(&text, 65536); /* in one piece: growing would leave copies of passwords behind */
	struct error *error = NULL;
	for (int64_t line = 1; !error; line++) {
		bool found = false;
		error = read_line(input, name, line, &text, &found);
		if (error || !found)
			break;
		if (text.size && str_text(&text)[strspn(str_text(&text), " \t\r")])
			error = read_object(accounts, str_text(&text), text.size, line, name);
	}
	mem_wipe(text.data, text.room);
	return error;
}

static fallible is_array(const char *name)
{
	return error_hint(error_new(ERR_INPUT, "%s is a JSON array", name),
			  "write one object a line, without [ ] and commas: jq -c '.[]' makes it so");
}

fallible accounts_read(struct accounts *accounts, FILE *input, const char *name, enum accounts_format format)
{
	if (format == ACCOUNTS_GUESS) {
		int first = getc(input);
		ungetc(first, input);
		if (first == '[')
			return is_array(name);
		format = first == '{' ? ACCOUNTS_JSONL : ACCOUNTS_CSV;
	}
	return format == ACCOUNTS_JSONL ? read_jsonl(accounts, input, name) : read_csv(accounts, input, name);
}
