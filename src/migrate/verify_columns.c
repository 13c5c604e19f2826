/* The columns of a table beside those that it should have. */
#include "base/memory.h"
#include "migrate/chain/32_f1e2d3c4b5a6/grants.h"
#include "migrate/comparison.h"

static char *column_place(const struct comparison *comparison, const char *column)
{
	return text_format("%s.%s", comparison->table->name, column);
}

static void compare_type(struct comparison *comparison, const struct column_shape *column,
			 const struct column_shape *there)
{
	const char *table = comparison->table->name;
	if (column->type == there->type || family_has_type(comparison->family, table, there))
		return;
	const char *wanted = type_class_names[column->type];
	char *mend = comparison->alters ? text_format("ALTER TABLE \"%s\" ALTER COLUMN \"%s\" TYPE %s USING ..", table,
						      column->name, column->declared)
					: text_copy("copy the table to one made with the right type");
	findings_add(comparison->findings,
		     (struct finding){.name = "wrong-type",
				      .place = column_place(comparison, there->name),
				      .what = text_format("is of type %s; it should be %s", there->declared, wanted),
				      .mend = mend,
				      .breaks = comparison->alters});
}

static void compare_required(struct comparison *comparison, const struct column_shape *column,
			     const struct column_shape *there)
{
	const char *table = comparison->table->name;
	bool by_key = column->key || there->key; /* PostgreSQL's keys are NOT NULL, SQLite's need not be */
	if (by_key || column->required == there->required ||
	    (there->required && family_requires(comparison->family, table, column->name)))
		return;
	const char *what = column->required ? "may be NULL; it should not"
					    : "is NOT NULL; it should not be: rows are refused";
	char *mend = comparison->alters ? text_format("ALTER TABLE \"%s\" ALTER COLUMN \"%s\" %s NOT NULL", table,
						      column->name, column->required ? "SET" : "DROP")
					: text_copy("copy the table to one made without the difference");
	findings_add(comparison->findings,
		     (struct finding){.name = column->required ? "nullable" : "not-nullable",
				      .place = column_place(comparison, there->name),
				      .what = text_copy(what),
				      .mend = mend,
				      .breaks = !column->required});
}

static void missing_column(struct comparison *comparison, const struct column_shape *column)
{
	findings_add(comparison->findings,
		     (struct finding){.name = "missing-column",
				      .place = column_place(comparison, column->name),
				      .what = text_format("the column is not there (%s)", column->declared),
				      .mend = text_format("ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s; its values are in "
							  "a backup only",
							  comparison->table->name, column->name, column->declared),
				      .breaks = true});
}

void compare_columns(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->table->column_count; i++) {
		const struct column_shape *column = &comparison->table->columns[i];
		const struct column_shape *there = catalogue_column(comparison->there, column->name);
		if (!there) {
			missing_column(comparison, column);
			continue;
		}
		compare_type(comparison, column, there);
		compare_required(comparison, column, there);
	}
}

/* Columns that a broken migration leaves: migrate/faults.h tells of them. */
static bool is_left_behind(const char *table, const char *column)
{
	static const char *const leftovers[][2] = {
		{"group", "user_ids"}, {"user", "info_json"}, {"user", "settings_json"}};
	for (size_t i = 0; i < COUNT(leftovers); i++)
		if (text_equal(leftovers[i][0], table) && text_equal(leftovers[i][1], column))
			return true;
	for (size_t i = 0; grant_tables[i] && text_equal(column, "access_control"); i++)
		if (text_equal(grant_tables[i], table))
			return true;
	return false;
}

void list_columns_besides(struct comparison *comparison)
{
	const struct table_shape *there = comparison->there;
	const struct table_shape *newest = catalogue_table(comparison->newest, there->name);
	for (size_t i = 0; i < there->column_count; i++) {
		const char *name = there->columns[i].name;
		if (!catalogue_column(comparison->table, name) &&
		    !family_has_more(comparison->family, there->name, name) && !is_left_behind(there->name, name))
			comparison_add_besides(comparison, catalogue_column(newest, name), "column", "a column",
					       column_place(comparison, name));
	}
}
