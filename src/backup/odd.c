#include "backup/odd.h"

#include <stdlib.h>

#include "base/memory.h"
#include "db/copy_decode.h"
#include "db/copy_text.h"

static const char *const classes[] = {
	[DB_INTEGER] = "integer", [DB_REAL] = "real", [DB_TEXT] = "text", [DB_BLOB] = "blob"};

/* ---- writing ---- */

/* A text may have NULs, which copy_add_value refuses. */
static void add_text(struct str *lines, const struct db_value *value)
{
	for (size_t at = 0; at < value->size; at++) {
		at += copy_add_text(lines, value->text + at, value->size - at);
		if (at < value->size)
			copy_add_nul(lines);
	}
}

void odd_add_line(struct str *lines, const struct db_odd *odd)
{
	str_add_format(lines, "%lld\t%d\t%s\t", (long long)odd->row, odd->column, classes[odd->value.type]);
	if (odd->value.type == DB_TEXT)
		add_text(lines, &odd->value);
	else
		error_ignore(copy_add_value(lines, &odd->value)); /* all other values have a text */
	str_add_char(lines, '\n');
}

/* ---- reading ---- */

enum { ROW, COLUMN, CLASS, VALUE, FIELDS };

static bool read_integer(const struct db_value *field, int64_t smallest, int64_t largest, int64_t *number)
{
	char *end;
	*number = field->type == DB_TEXT ? strtoll(field->text, &end, 10) : 0;
	return field->type == DB_TEXT && field->size && !*end && *number >= smallest && *number <= largest;
}

static bool read_real(const struct db_value *field, double *number)
{
	char *end;
	*number = strtod(field->text, &end);
	return field->size && !*end;
}

static bool read_class(const struct db_value *field, enum db_type *type)
{
	for (size_t i = 0; i < COUNT(classes); i++)
		if (classes[i] && field->type == DB_TEXT && text_equal(classes[i], field->text)) {
			*type = (enum db_type)i;
			return true;
		}
	return false;
}

/* The list keeps the bytes: fields are borrowed. */
static bool read_value(struct odd_list *list, const struct db_value *field, enum db_type type, struct db_value *value)
{
	int64_t integer;
	double real;
	if (field->type != DB_TEXT)
		return false;
	if (type == DB_INTEGER && read_integer(field, INT64_MIN, INT64_MAX, &integer)) {
		*value = db_integer(integer);
		return true;
	}
	if (type == DB_REAL && read_real(field, &real)) {
		*value = db_real(real);
		return true;
	}
	if (type != DB_TEXT && type != DB_BLOB)
		return false;
	char *kept = text_copy_n(field->text, field->size);
	strings_add_taken(&list->texts, kept);
	*value = type == DB_TEXT ? db_text_n(kept, field->size) : db_blob(kept, field->size / 2 - 1);
	return type == DB_TEXT || (field->size >= 2 && copy_read_hex(kept, field->size, kept));
}

static bool read_line(struct odd_list *list, const struct db_value *fields, struct db_odd *odd)
{
	int64_t column;
	enum db_type type;
	if (!read_integer(&fields[ROW], list->count ? list->items[list->count - 1].row : 0, INT64_MAX, &odd->row) ||
	    !read_integer(&fields[COLUMN], 0, INT16_MAX, &column) || !read_class(&fields[CLASS], &type))
		return false;
	odd->column = (int)column;
	return read_value(list, &fields[VALUE], type, &odd->value);
}

/* The fields are terminated one by one, since COPY's decoder borrows them from the lines. */
static fallible take_line(struct odd_list *list, struct db_value fields[static FIELDS])
{
	AUTO(strings) struct strings texts = {0};
	struct db_odd odd;
	for (int i = 0; i < FIELDS; i++) {
		if (fields[i].type != DB_TEXT)
			continue;
		strings_add_taken(&texts, text_copy_n(fields[i].text, fields[i].size));
		fields[i].text = texts.items[texts.count - 1];
	}
	if (!read_line(list, fields, &odd))
		return error_new(ERR_INPUT, "the list of odd values, line %zu: it is not as it should be",
				 list->count + 1);
	list->items = mem_resize(list->items, list->count + 1, sizeof *list->items);
	list->items[list->count++] = odd;
	return NULL;
}

fallible odd_list_read(struct odd_list *list, const struct str *lines)
{
	AUTO(str) struct str unescaped = {0};
	for (size_t at = 0, used; at < lines->size; at += used) {
		struct db_value fields[FIELDS];
		TRY(copy_decode_line(lines->data + at, lines->size - at, fields, FIELDS, &unescaped, &used));
		TRY(take_line(list, fields));
	}
	return NULL;
}

void odd_list_cleanup(struct odd_list *list)
{
	free(list->items);
	strings_cleanup(&list->texts);
}
