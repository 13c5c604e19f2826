/* Reading single values, whatever the engine. */
#include <stdlib.h>

#include "base/memory.h"
#include "db/driver.h"

struct db_value db_cell(const struct db_rows *rows, int column)
{
	if (rows->put_column == column + 1)
		return rows->put;
	return rows->db->driver->cell(rows, column);
}

const char *db_cell_text(const struct db_rows *rows, int column)
{
	if (rows->put_column == column + 1 && (rows->put.type == DB_TEXT || rows->put.type == DB_NULL))
		return rows->put.text;
	return rows->db->driver->cell_text(rows, column);
}

void db_put_cell(struct db_rows *rows, int column, struct db_value value)
{
	rows->put_column = column + 1;
	rows->put = value;
}

/* As far as an int64_t reaches: SQLite's columns hold whatever was put into them. */
static int64_t integer_of_real(double real)
{
	if (real >= 9223372036854775808.0)
		return INT64_MAX;
	if (real <= -9223372036854775808.0)
		return INT64_MIN;
	return real == real ? (int64_t)real : 0;
}

int64_t db_cell_integer(const struct db_rows *rows, int column)
{
	struct db_value value = db_cell(rows, column);
	switch (value.type) {
	case DB_INTEGER:
	case DB_BOOLEAN:
		return value.integer;
	case DB_REAL:
		return integer_of_real(value.real);
	case DB_TEXT:
		return strtoll(value.text, NULL, 10);
	case DB_NULL:
	case DB_BLOB:
		break;
	}
	return 0;
}

fallible db_single_text(struct db *db, const char *sql, const struct db_value *parameters, size_t count, bool *found,
			char **text)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	bool row;
	TRY(db_next(rows, &row));
	*found = row;
	*text = row ? text_copy(db_cell_text(rows, 0)) : NULL;
	return NULL;
}

fallible db_texts(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		  struct strings *texts)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		if (db_cell_text(rows, 0))
			strings_add(texts, db_cell_text(rows, 0));
	return error;
}

fallible db_single_integer(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
			   int64_t *value)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	bool row;
	TRY(db_next(rows, &row));
	*value = row ? db_cell_integer(rows, 0) : 0;
	return NULL;
}
