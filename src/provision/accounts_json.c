#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "provision/accounts_read.h"
#include "provision/csv.h"

/* ---- one object ---- */

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

static fallible set_fields(struct reader *reader, struct account *account, json_t *object, const char *where)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		bool taken;
		TRY(reader_column(reader, where, key, &taken));
		if (!taken)
			continue;
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

/* jansson's own text quotes what stands at the fault, which may be a password. */
static const char *fault_of(const json_error_t *fault)
{
	switch (json_error_code(fault)) {
	case json_error_stack_overflow:
		return "lists or objects are nested too deeply";
	case json_error_invalid_utf8:
		return "it is not UTF-8";
	case json_error_premature_end_of_input:
		return "it is cut off";
	case json_error_end_of_input_expected:
		return "something follows the object";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "a text holds a NUL";
	case json_error_duplicate_key:
		return "a key stands twice";
	case json_error_numeric_overflow:
		return "a number is too large";
	default:
		return "look for a quote, comma or bracket that is missing, or a backslash that is not doubled";
	}
}

static fallible read_object(struct reader *reader, const struct str *text, int64_t line)
{
	json_error_t fault;
	json_t *object = json_loadb(str_text(text), text->size, JSON_REJECT_DUPLICATES, &fault);
	struct account *account = accounts_add(reader->accounts, line);
	struct error *error = NULL;
	if (!object)
		account_refuse(account, NULL, "is not valid JSON near column %d: %s", fault.column, fault_of(&fault));
	else if (!json_is_object(object))
		account_refuse(account, NULL, "is not a JSON object");
	else {
		AUTO(memory) char *where = text_format("%s:%lld", reader->name, (long long)line);
		error = set_fields(reader, account, object, where);
	}
	json_decref(object);
	return error;
}

/* ---- the objects of a file ---- */

struct scanner {
	struct reader *reader;
	struct str text; /* of the object that is being read */
	int64_t line;    /* of the next byte */
};

static void scanner_cleanup(struct scanner *scanner)
{
	mem_wipe(scanner->text.data, scanner->text.room);
	str_cleanup(&scanner->text);
}

static struct scanner scan(struct reader *reader)
{
	struct scanner scanner = {.reader = reader, .line = 1};
	str_reserve(&scanner.text, 65536); /* in one piece: growing would leave copies of passwords behind */
	return scanner;
}

/* EOF at the end. */
static fallible next_byte(struct scanner *scanner, int *byte)
{
	*byte = getc_unlocked(scanner->reader->input);
	scanner->line += *byte == '\n';
	if (*byte != EOF)
		return NULL;
	TRY(cancel_check());
	return ferror(scanner->reader->input) ? error_system(errno, "cannot read %s", scanner->reader->name) : NULL;
}

static fallible fault(const struct scanner *scanner, int64_t line, const char *what, const char *hint)
{
	return error_hint(error_new(ERR_INPUT, "%s:%lld: %s", scanner->reader->name, (long long)line, what),
			  "%s", hint);
}

/* One line without its end. *found false: there are no more. */
static fallible read_line(struct scanner *scanner, bool *found)
{
	int64_t line = scanner->line;
	str_clear(&scanner->text);
	for (;;) {
		int byte;
		TRY(next_byte(scanner, &byte));
		*found = byte != EOF || scanner->text.size;
		if (byte == EOF || byte == '\n')
			return cancel_check();
		if (scanner->text.size >= CSV_RECORD_LIMIT)
			return fault(scanner, line, "the line is longer than 1 MiB",
				     "every account is an object in a line of its own");
		str_add_char(&scanner->text, (char)byte);
	}
}

fallible read_json_lines(struct reader *reader)
{
	AUTO(scanner) struct scanner scanner = scan(reader);
	for (;;) {
		int64_t line = scanner.line;
		bool found;
		TRY(read_line(&scanner, &found));
		if (!found)
			return NULL;
		if (strspn(str_text(&scanner.text), " \t\r") < scanner.text.size)
			TRY(read_object(reader, &scanner.text, line));
	}
}

/* The next byte that is no blank. */
static fallible next_mark(struct scanner *scanner, int *byte)
{
	do
		TRY(next_byte(scanner, byte));
	while (*byte == ' ' || *byte == '\t' || *byte == '\r' || *byte == '\n');
	return NULL;
}

/* Reads an element from its first byte to the comma or bracket behind it, which is *end. What is inside is for
 * read_object to judge: here only the end is looked for. */
static fallible read_element(struct scanner *scanner, int *end)
{
	int64_t line = scanner->line;
	int depth = 0, byte = *end;
	bool text = false, escaped = false;
	str_clear(&scanner->text);
	while (text || depth > 0 || (byte != ',' && byte != ']')) {
		if (byte == EOF)
			return fault(scanner, line, "the array that begins the file is never closed",
				     "is the file cut off? a list of accounts ends with ]");
		if (scanner->text.size >= CSV_RECORD_LIMIT)
			return fault(scanner, line, "the object is longer than 1 MiB",
				     "look for a quote or bracket that is never closed");
		str_add_char(&scanner->text, (char)byte);
		if (text) {
			text = escaped || byte != '"';
			escaped = !escaped && byte == '\\';
		} else {
			text = byte == '"';
			depth += (byte == '{' || byte == '[') - (depth > 0 && (byte == '}' || byte == ']'));
		}
		TRY(next_byte(scanner, &byte));
	}
	*end = byte;
	return cancel_check();
}

/* A line that several share tells nobody which of them is meant. */
static void number_records(struct accounts *accounts)
{
	struct account *items = accounts->items;
	for (size_t i = 1; i < accounts->count; i++)
		if (items[i].line == items[i - 1].line) {
			items[i - 1].record = (int64_t)i;
			items[i].record = (int64_t)i + 1;
		}
}

fallible read_json_array(struct reader *reader)
{
	AUTO(scanner) struct scanner scanner = scan(reader);
	int byte;
	TRY(next_mark(&scanner, &byte));
	if (byte != '[')
		return error_hint(error_new(ERR_INPUT, "%s is no JSON array", reader->name),
				  "one begins with [ and ends with ]; an object a line is --format jsonl");
	TRY(next_mark(&scanner, &byte));
	for (bool more = byte != ']'; more;) {
		int64_t line = scanner.line;
		TRY(read_element(&scanner, &byte));
		TRY(read_object(reader, &scanner.text, line));
		more = byte == ',';
		if (more)
			TRY(next_mark(&scanner, &byte));
	}
	number_records(reader->accounts);
	TRY(next_mark(&scanner, &byte));
	if (byte == EOF)
		return NULL;
	return fault(&scanner, scanner.line, "something follows the array", "a file holds one array");
}
