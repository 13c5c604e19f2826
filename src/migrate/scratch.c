#include "migrate/scratch.h"

#include <ctype.h>

#include "base/memory.h"

static fallible read_texts(struct db *db, const char *sql, const char *table, const char *other, struct strings *texts)
{
	const struct db_value parameters[] = {db_text(table), db_text(other)};
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, other ? 2 : 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add(texts, db_cell_text(rows, 0));
	return error;
}

/* ---- the text that made a table ---- */

/* Behind the quoted text that begins at `text`. */
static const char *after_quotes(const char *text)
{
	char quote = *text == '[' ? ']' : *text;
	for (text++; *text && *text != quote;)
		text++;
	return *text ? text + 1 : text;
}

/* To the comma, or the bracket, that ends a definition. */
static const char *end_of_definition(const char *text)
{
	for (int depth = 0; *text;) {
		if (*text == '\'' || *text == '"' || *text == '`' || *text == '[') {
			text = after_quotes(text);
			continue;
		}
		if ((*text == ',' || *text == ')') && !depth)
			return text;
		depth += *text == '(' ? 1 : *text == ')' ? -1 : 0;
		text++;
	}
	return text;
}

/* As scratch_edit.begins has it. */
static char *plain(const char *text, const char *end)
{
	AUTO(str) struct str plain = {0};
	bool blank = false;
	for (; text < end; text++) {
		bool joins = *text == '(' || *text == ')' || *text == ',';
		if (*text == '"' || *text == '`' || *text == '[' || *text == ']')
			continue;
		if (isspace((unsigned char)*text)) {
			blank = true;
			continue;
		}
		if (blank && plain.size && !joins && plain.data[plain.size - 1] != '(')
			str_add_char(&plain, ' ');
		blank = false;
		str_add_char(&plain, (char)tolower((unsigned char)*text));
	}
	return str_take(&plain);
}

static const struct scratch_edit *edit_of(const struct scratch_edit *edits, const char *text, const char *end)
{
	AUTO(memory) char *definition = plain(text, end);
	while (edits && edits->begins && !text_starts(definition, edits->begins))
		edits++;
	return edits && edits->begins ? edits : NULL;
}

static void add_definitions(struct str *sql, const char *made, const struct scratch_edit *edits)
{
	const char *separator = "";
	for (const char *text = made + 1, *end; *text; text = *end == ',' ? end + 1 : "") {
		end = end_of_definition(text);
		const struct scratch_edit *edit = edit_of(edits, text, end);
		if (edit && !edit->becomes)
			continue;
		str_add(sql, separator);
		separator = ",";
		if (edit)
			str_add(sql, edit->becomes);
		else
			str_add_n(sql, text, (size_t)(end - text));
	}
}

fallible scratch_make(struct db *db, const char *table, const char *scratch, const struct scratch_edit *edits,
		      const char *more, const char *changes)
{
	AUTO(strings) struct strings made = {0};
	AUTO(str) struct str sql = {0};
	TRY(read_texts(db, "select substr(sql, instr(sql, '(')) from sqlite_master where type = 'table' and name = $1",
		       table, NULL, &made));
	if (!made.count)
		return error_new(ERR_FAILED, "the text that made the table \"%s\" can't be read", table);
	str_add_format(&sql, "drop table if exists \"%s\"; create table \"%s\" (", scratch, scratch);
	add_definitions(&sql, made.items[0], edits);
	str_add_format(&sql, "%s%s); %s", more ? ", " : "", more ? more : "", changes);
	return db_script(db, str_text(&sql));
}

/* ---- rows ---- */

fallible scratch_columns(struct db *db, const char *table, struct strings *names)
{
	return read_texts(db, "select name from pragma_table_xinfo($1) where hidden = 0", table, NULL, names);
}

static const char *expression_of(const char *const (*values)[2], const char *column)
{
	while (values && (*values)[0] && !text_equal((*values)[0], column))
		values++;
	return values ? (*values)[1] : NULL;
}

fallible scratch_fill(struct db *db, const char *table, const char *scratch, const char *const (*values)[2])
{
	AUTO(strings) struct strings from = {0}, to = {0};
	AUTO(str) struct str columns = {0}, expressions = {0};
	TRY(scratch_columns(db, table, &from));
	TRY(scratch_columns(db, scratch, &to));
	for (size_t i = 0; i < to.count; i++) {
		const char *expression = expression_of(values, to.items[i]);
		if (!expression && !strings_have(&from, to.items[i]))
			continue;
		str_add(&columns, columns.size ? ", " : "");
		db_add_identifier(&columns, to.items[i]);
		str_add(&expressions, expressions.size ? ", " : "");
		if (expression)
			str_add(&expressions, expression);
		else
			db_add_identifier(&expressions, to.items[i]);
	}
	AUTO(memory)
	char *sql = text_format("insert into \"%s\" (%s) select %s from \"%s\"", scratch, str_text(&columns),
				str_text(&expressions), table);
	return db_run(db, sql, NULL, 0, NULL);
}

fallible scratch_swap(struct db *db, const char *table, const char *scratch)
{
	AUTO(strings) struct strings dependents = {0};
	TRY(read_texts(db,
		       "select sql from sqlite_master m where type in ('index', 'trigger') and tbl_name = $1"
		       " and sql is not null and not exists (select 1 from pragma_index_info(m.name) i"
		       " where i.name is not null and i.name not in (select name from pragma_table_xinfo($2)))",
		       table, scratch, &dependents));
	/* Else views of the table would be looked at while it is gone. */
	AUTO(memory)
	char *swap = text_format("drop table \"%s\"; pragma legacy_alter_table = on;"
				 " alter table \"%s\" rename to \"%s\"; pragma legacy_alter_table = off",
				 table, scratch, table);
	TRY(db_script(db, swap));
	for (size_t i = 0; i < dependents.count; i++)
		TRY(db_script(db, dependents.items[i]));
	return NULL;
}
