#include "migrate/fit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/changes.h"

static bool is_finite(const struct json_node *number)
{
	AUTO(str) struct str written = {0};
	json_add_number(&written, number->text, number->size);
	return !strpbrk(str_text(&written), "NI");
}

bool fit_tree(struct json_tree *tree, struct db *db)
{
	bool changed = false;
	if (db_can(db, DB_CAN_STORE_ANYTHING))
		return false;
	for (struct json_node *node = tree->root; node; node = json_tree_next(node)) {
		if (node->kind != JSON_KIND_NUMBER || is_finite(node))
			continue;
		node->kind = JSON_KIND_NULL;
		node->text = "null";
		node->size = strlen(node->text);
		changed = true;
	}
	return changed;
}

enum fit fit_add(struct str *json, struct db *db, const char *text, size_t size)
{
	AUTO(json_tree) struct json_tree tree = {0};
	struct error *error = json_tree_parse(&tree, text, size);
	error_ignore(error); /* that it is no JSON is the answer */
	if (!tree.root)
		return FIT_NONE;
	bool changed = fit_tree(&tree, db);
	json_tree_write(tree.root, json);
	return changed ? FIT_CHANGED : FIT_WHOLE;
}

enum fit fit_add_kept(struct str *json, struct db *db, struct kept *kept, const char *id, struct db_value value,
		      bool text)
{
	enum fit fit = text ? fit_add(json, db, value.text, value.size) : FIT_NONE;
	if (fit == FIT_NONE)
		str_add(json, "null");
	kept->what = fit == FIT_NONE ? "is no JSON and becomes null" : "has numbers that become null";
	if (fit != FIT_WHOLE)
		kept_add(kept, id, value);
	return fit;
}

fallible column_type(struct db *db, const char *table, const char *column, char **type)
{
	bool found;
	struct db_value parameters[] = {db_text(table), db_text(column)};
	return db_single_text(
		db,
		db_pick(db, "select lower(type) from pragma_table_info($1) where name = $2",
			"select lower(pg_catalog.format_type(atttypid, atttypmod)) from pg_catalog.pg_attribute"
			" where attrelid = quote_ident($1)::regclass and attname = $2 and attnum > 0"
			" and not attisdropped"),
		parameters, COUNT(parameters), &found, type);
}

/* ---- a whole column ---- */

struct column {
	struct db *db;
	struct changes changes;
	struct kept kept;
};

static void read_text(struct column *column, const char *id, struct db_value text)
{
	AUTO(str) struct str json = {0};
	if (fit_add_kept(&json, column->db, &column->kept, id, text, db_is_text(text)) != FIT_WHOLE)
		changes_add(&column->changes, id, str_text(&json));
}

static fallible read_column(struct column *column, const char *table, const char *name)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(memory)
	char *sql = text_format("select id, %s from \"%s\" where %s is not null and id is not null", name, table, name);
	TRY(db_query(column->db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		read_text(column, db_cell_text(rows, 0), db_cell(rows, 1));
	return error;
}

fallible fit_column(struct work *work, const char *table, const char *column)
{
	AUTO(memory) char *type = NULL;
	TRY(column_type(work->db, table, column, &type));
	if (!type || text_starts(type, "json"))
		return NULL;
	struct column state = {.db = work->db,
			       .changes = {.table = table, .column = column, .type = "text"},
			       .kept = {.table = table, .column = column}};
	struct error *error = read_column(&state, table, column);
	if (!error)
		error = kept_write(&state.kept, work);
	if (!error)
		error = changes_write(&state.changes, work->db);
	kept_cleanup(&state.kept);
	changes_cleanup(&state.changes);
	return error;
}
