#include "migrate/table_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/str.h"
#include "migrate/sql_token.h"
#include "migrate/table_clause.h"

static void free_item(struct table_item *item)
{
	free(item->column);
	free(item->text);
}

void table_text_cleanup(struct table_text *table)
{
	for (size_t i = 0; i < table->count; i++)
		free_item(&table->items[i]);
	free(table->items);
	free(table->tail);
	*table = (struct table_text){0};
}

/* ---- the items of a table ---- */

static bool starts_constraint(const struct sql_token *token)
{
	static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", NULL};
	return sql_token_is_one_of(token, words);
}

static void insert_item(struct table_text *table, size_t place, const char *text, size_t size)
{
	struct sql_token first = sql_token_next(text);
	if (table->count == table->room) {
		table->room = table->room ? 2 * table->room : 16;
		table->items = mem_resize(table->items, table->room, sizeof *table->items);
	}
	memmove(&table->items[place + 1], &table->items[place], (table->count++ - place) * sizeof *table->items);
	table->items[place] = (struct table_item){.column = starts_constraint(&first) ? NULL : sql_token_name(&first),
						  .text = text_copy_n(text, size)};
}

static void remove_item(struct table_text *table, size_t place)
{
	free_item(&table->items[place]);
	memmove(&table->items[place], &table->items[place + 1], (--table->count - place) * sizeof *table->items);
}

/* SQLite takes constraints of a table that no comma parts. `first`: of the item; `place`: the token's in it, from 0 on;
 * behind the name of one stands what it is. */
static bool starts_another(const struct sql_token *token, const struct sql_token *first, size_t place)
{
	return place && starts_constraint(first) && starts_constraint(token) &&
	       (place > 2 || !sql_token_is(first, "CONSTRAINT"));
}

/* From behind the first bracket; where the closing one ends, or NULL. */
static const char *read_items(struct table_text *table, const char *at)
{
	int depth = 0;
	size_t place = 0;
	struct sql_token token = sql_token_next(at), before = token, first = token;
	for (; token.kind != SQL_END; before = token, token = sql_token_next(token.end), place++) {
		bool ends = !depth && (sql_token_is(&token, ",") || sql_token_is(&token, ")"));
		if (ends && token.start == first.start)
			return NULL; /* an empty item, which SQLite takes no more */
		if (ends || (!depth && starts_another(&token, &first, place))) {
			insert_item(table, table->count, first.start, (size_t)(before.end - first.start));
			first = ends ? sql_token_next(token.end) : token;
			place = ends ? (size_t)-1 : 0;
		}
		if (ends && sql_token_is(&token, ")"))
			return token.end;
		depth += sql_token_depth(&token);
	}
	return NULL;
}

bool table_text_read(struct table_text *table, const char *sql)
{
	const char *at = sql;
	if (!sql_take(&at, "CREATE TABLE"))
		return false;
	sql_take(&at, "IF NOT EXISTS");
	at = sql_token_next(at).end;
	at = sql_take(&at, "(") ? read_items(table, at) : NULL;
	if (at)
		table->tail = text_copy(sql_token_next(at).start);
	return at;
}

char *table_text_write(const struct table_text *table, const char *name)
{
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "CREATE TABLE %s (", name);
	for (size_t i = 0; i < table->count; i++)
		str_add_format(&sql, "%s\n\t%s", i ? "," : "", table->items[i].text);
	str_add_format(&sql, "\n)%s%s", *table->tail ? " " : "", table->tail);
	return str_take(&sql);
}

static struct table_item *find_column(const struct table_text *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->items[i].column && !strcasecmp(table->items[i].column, name))
			return &table->items[i];
	return NULL;
}

/* ---- changes ---- */

static void drop_clause(struct table_text *table, size_t place, const struct clause *clause)
{
	if (table->items[place].column)
		clause_replace(&table->items[place], clause->from, clause->end, "");
	else
		remove_item(table, place);
}

static void drop_primary_key(struct table_text *table)
{
	struct clause clause;
	for (size_t i = table->count; i-- > 0;)
		if (clause_find(&table->items[i], "PRIMARY", &clause))
			drop_clause(table, i, &clause);
}

void table_text_add(struct table_text *table, const char *definition)
{
	struct table_item item = {.text = text_copy(definition)};
	struct clause clause;
	struct sql_token first = sql_token_next(definition);
	size_t place = table->count;
	if (!starts_constraint(&first))
		while (place && !table->items[place - 1].column)
			place--;
	else if (clause_find(&item, "PRIMARY", &clause)) {
		drop_primary_key(table);
		place = table->count;
	}
	free(item.text);
	insert_item(table, place, definition, strlen(definition));
}

bool table_text_drop_constraint(struct table_text *table, const char *name)
{
	struct clause clause;
	for (size_t i = 0; i < table->count; i++)
		if (clause_find_named(&table->items[i], name, &clause)) {
			drop_clause(table, i, &clause);
			return true;
		}
	return false;
}

/* Whether a key or UNIQUE has the column in its list; what a CHECK says of it is not known. */
static bool is_key_with(const struct table_item *item, const char *column)
{
	struct clause clause;
	if (item->column || !clause_next(item->text, &clause) || sql_token_is(&clause.keyword, "CHECK"))
		return false;
	struct sql_token token = clause.keyword;
	while (token.kind != SQL_END && !sql_token_is(&token, "("))
		token = sql_token_next(token.end);
	for (; token.kind != SQL_END && !sql_token_is(&token, ")"); token = sql_token_next(token.end)) {
		AUTO(memory) char *name = sql_token_name(&token);
		if (!strcasecmp(name, column))
			return true;
	}
	return false;
}

bool table_text_drop_column(struct table_text *table, const char *column)
{
	const struct table_item *found = find_column(table, column);
	if (!found)
		return false;
	remove_item(table, (size_t)(found - table->items));
	for (size_t i = table->count; i-- > 0;)
		if (is_key_with(&table->items[i], column))
			remove_item(table, i);
	return true;
}

bool table_text_set_type(struct table_text *table, const char *column, const char *type)
{
	struct table_item *item = find_column(table, column);
	struct clause clause;
	if (!item)
		return false;
	const char *start = clauses_begin(item);
	const char *end = clause_next(start, &clause) ? clause.from : item->text + strlen(item->text);
	AUTO(memory) char *spaced = text_format(" %s", type);
	clause_replace(item, start, end, spaced);
	return true;
}

bool table_text_set_clause(struct table_text *table, const char *column, const char *keyword, const char *clause)
{
	struct table_item *item = find_column(table, column);
	struct clause old;
	if (!item)
		return false;
	if (clause_find(item, keyword, &old))
		clause_replace(item, old.from, old.end, "");
	if (clause) {
		AUTO(memory) char *spaced = text_format(" %s", clause);
		const char *end = item->text + strlen(item->text);
		clause_replace(item, end, end, spaced);
	}
	return true;
}
