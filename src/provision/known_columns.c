#include "provision/known_columns.h"

#include <string.h>

#include "base/memory.h"

fallible known_columns_read(struct installation *installation, struct known_columns *columns)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_columns(installation->db, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		strings_add_taken(&columns->names,
				  text_format("%s.%s", db_cell_text(rows, 0), db_cell_text(rows, 1)));
		strings_add(&columns->types, db_cell_text(rows, 2));
	}
	return error;
}

void known_columns_cleanup(struct known_columns *columns)
{
	strings_cleanup(&columns->names);
	strings_cleanup(&columns->types);
}

const char *known_columns_type(const struct known_columns *columns, const char *table, const char *column)
{
	AUTO(memory) char *name = text_format("%s.%s", table, column);
	for (size_t i = 0; i < columns->names.count; i++)
		if (!strcmp(columns->names.items[i], name))
			return columns->types.items[i];
	return NULL;
}

fallible statements_without_compiler(struct installation *installation)
{
	bool found;
	AUTO(memory) char *value = NULL;
	return db_single_text(installation->db,
			      db_pick(installation->db, "select 'off'",
				      "select set_config(name, 'off', true) from pg_settings where name = 'jit'"),
			      NULL, 0, &found, &value);
}
