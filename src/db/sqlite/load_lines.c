/* Lines of COPY text, which become values by the types that the table's columns were declared with. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "db/copy_decode.h"
#include "db/sqlite/sqlite.h"

static fallible learn_types(struct sqlite_load *load)
{
	struct sqlite *sqlite = (struct sqlite *)load->base.db;
	load->declared = mem_new(load->base.columns, sizeof *load->declared);
	load->values = mem_new(load->base.columns, sizeof *load->values);
	for (size_t i = 0; i < load->base.columns; i++) {
		const char *type = NULL;
		int code = sqlite3_table_column_metadata(sqlite->handle, NULL, load->table, load->columns[i], &type,
							 NULL, NULL, NULL, NULL);
		if (code != SQLITE_OK)
			return sqlite_error(sqlite, code);
		load->declared[i] = sqlite_declared_of(type);
	}
	return NULL;
}

static fallible decode_row(struct sqlite_load *load, const char *lines, size_t size, size_t *used)
{
	TRY(copy_decode_line(lines, size, load->values, load->base.columns, &load->unescaped, used));
	for (size_t i = 0; i < load->base.columns; i++)
		sqlite_read_text(load->declared[i], &load->unescaped, &load->values[i]);
	return NULL;
}

static fallible put_odd(struct sqlite_load *load, const struct db_odd *odd)
{
	if (odd->column < 0 || (size_t)odd->column >= load->base.columns)
		return error_new(ERR_INPUT, "a value for column %d of %zu", odd->column + 1, load->base.columns);
	load->values[odd->column] = odd->value;
	return NULL;
}

static fallible load_line(struct sqlite_load *load, const char *lines, size_t size, size_t *used)
{
	struct error *error = decode_row(load, lines, size, used);
	return error_wrap(error, "row %lld", (long long)load->given + 1);
}

fallible sqlite_load_lines(struct db_load *base, const char *lines, size_t size, const struct db_odd *odd,
			   size_t odd_count)
{
	struct sqlite_load *load = (struct sqlite_load *)base;
	if (!load->declared)
		TRY(learn_types(load));
	size_t at = 0;
	for (int64_t row = 0; at < size; row++) {
		size_t used = 0;
		TRY(load_line(load, lines + at, size - at, &used));
		for (; odd_count && odd->row == row; odd++, odd_count--)
			TRY(put_odd(load, odd));
		TRY(sqlite_load_row(base, load->values));
		at += used;
	}
	return odd_count ? error_new(ERR_INPUT, "a value for a row that is not there") : NULL;
}
