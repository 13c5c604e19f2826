/* Columns that Open WebUI reads as JSON. PostgreSQL's json holds nothing else; SQLite's column holds anything, and so
 * does a column of type TEXT on both. SQLite's own look at the text is quick; what it takes for none may be what only
 * Python writes, as NaN. */
#include "base/json_scan.h"
#include "base/memory.h"
#include "migrate/verify_rows.h"

/* JSON in columns of type TEXT. Valves may be encrypted, and are left out. */
static const struct {
	const char *table, *column;
} text_columns[] = {
	{"function", "meta"}, {"model", "params"}, {"model", "meta"}, {"tool", "specs"}, {"tool", "meta"},
};

static bool is_json_text(const char *table, const char *column)
{
	for (size_t i = 0; i < COUNT(text_columns); i++)
		if (text_equal(text_columns[i].table, table) && text_equal(text_columns[i].column, column))
			return true;
	return false;
}

static enum json_wish skip(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	(void)state, (void)depth, (void)key, (void)size, (void)kind;
	return JSON_SKIP;
}

static bool is_json(struct db_value value)
{
	static const struct json_scan_caller caller = {.wish = skip};
	if (value.type == DB_NULL || value.type == DB_INTEGER || value.type == DB_REAL)
		return true;
	struct error *error = json_scan_text(&caller, NULL, value.text, value.size);
	error_ignore(error); /* it is the answer */
	return !error;
}

/* The columns of a table that hold JSON on this engine and may hold anything. */
static void add_columns(const struct row_search *search, const struct table_shape *table, struct strings *columns)
{
	const struct table_shape *there = catalogue_table(search->live, table->name);
	for (size_t i = 0; i < table->column_count; i++) {
		const char *name = table->columns[i].name;
		const struct column_shape *column = catalogue_column(there, name);
		bool wanted = table->columns[i].type == TYPE_JSON || is_json_text(table->name, name);
		bool kept = db_can(search->db, DB_CAN_ALTER_TABLES) && column && column->type == TYPE_JSON;
		if (column && wanted && !kept)
			strings_add(columns, name);
	}
}

/* Whether a value is worth a look: SQLite can tell by itself for nearly all of them. */
static char *suspicion(const struct row_search *search, const char *column)
{
	if (db_can(search->db, DB_CAN_ALTER_TABLES))
		return text_format("\"%s\" is not null", column);
	return text_format("typeof(\"%s\") in ('text', 'blob') and not json_valid(\"%s\")", column, column);
}

/* A row's key and its values, of the rows in which one is suspicious. */
static char *select_sql(const struct row_search *search, const struct table_shape *table,
			const struct strings *columns)
{
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "select \"%s\"", search_key(table));
	for (size_t i = 0; i < columns->count; i++)
		str_add_format(&sql, ", \"%s\"", columns->items[i]);
	str_add_format(&sql, " from \"%s\" where ", table->name);
	for (size_t i = 0; i < columns->count; i++) {
		AUTO(memory) char *condition = suspicion(search, columns->items[i]);
		str_add_format(&sql, "%s(%s)", i ? " or " : "", condition);
	}
	return str_take(&sql);
}

static fallible read_rows(struct row_search *search, const char *sql, struct tally *tallies, size_t count)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(search->db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		for (size_t i = 0; i < count; i++)
			if (!is_json(db_cell(rows, (int)i + 1)))
				tally_add(&tallies[i], db_cell_text(rows, 0));
	return error;
}

static fallible check_table(struct row_search *search, const struct table_shape *table)
{
	AUTO(strings) struct strings columns = {0};
	add_columns(search, table, &columns);
	if (!columns.count)
		return NULL;
	AUTO(memory) char *sql = select_sql(search, catalogue_table(search->live, table->name), &columns);
	AUTO(memory) struct tally *tallies = mem_new(columns.count, sizeof *tallies);
	struct error *error = read_rows(search, sql, tallies, columns.count);
	for (size_t i = 0; i < columns.count; i++) {
		if (!error)
			tally_report(&tallies[i], search->findings,
				     (struct finding){.name = "no-json",
						      .place = text_format("%s.%s", table->name, columns.items[i]),
						      .what = text_copy("holds what is no JSON"),
						      .mend = text_copy("correct the value, or set it to NULL"),
						      .breaks = true});
		tally_cleanup(&tallies[i]);
	}
	return error;
}

fallible search_json(struct row_search *search)
{
	for (size_t i = 0; i < search->expected->count; i++)
		TRY(check_table(search, &search->expected->tables[i]));
	return NULL;
}
