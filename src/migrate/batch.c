#include "migrate/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/large.h"
#include "openwebui/installation.h"

void batch_cleanup(struct batch *batch)
{
	large_free(batch->values);
	str_cleanup(&batch->bytes);
	batch->values = NULL;
	batch->count = batch->room = 0;
}

/* The bytes may move as more are added, so until the batch is loaded a text is kept by its place, in `integer`. */
void batch_add(struct batch *batch, const struct db_value *values)
{
	if (batch->room - batch->count < batch->width) {
		batch->room = batch->room ? 2 * batch->room : 64 * batch->width;
		batch->values = large_resize(batch->values, batch->room * sizeof *batch->values);
	}
	for (size_t i = 0; i < batch->width; i++) {
		struct db_value *value = &batch->values[batch->count++];
		*value = values[i];
		if (value->type != DB_TEXT && value->type != DB_BLOB)
			continue;
		value->integer = (int64_t)batch->bytes.size;
		str_add_n(&batch->bytes, values[i].text, values[i].size);
		str_add_char(&batch->bytes, '\0');
	}
}

const char *batch_text(const struct batch *batch, size_t row, size_t column)
{
	return batch->bytes.data + batch->values[row * batch->width + column].integer;
}

void batch_keep(struct batch *batch, bool (*keep)(void *state, const struct batch *batch, size_t row), void *state)
{
	size_t kept = 0;
	for (size_t row = 0; row * batch->width < batch->count; row++)
		if (keep(state, batch, row)) {
			memmove(batch->values + kept, batch->values + row * batch->width,
				batch->width * sizeof *batch->values);
			kept += batch->width;
		}
	batch->count = kept;
}

void batch_clear(struct batch *batch)
{
	batch->count = 0;
	str_clear(&batch->bytes);
}

static fallible load_rows(struct batch *batch, struct db_load *load)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->values[i].type == DB_TEXT || batch->values[i].type == DB_BLOB)
			batch->values[i].text = batch->bytes.data + batch->values[i].integer;
	for (size_t i = 0; i < batch->count; i += batch->width)
		TRY(db_load_row(load, batch->values + i));
	return NULL;
}

fallible batch_load(struct batch *batch, struct db *db)
{
	int64_t taken, expected = (int64_t)(batch->count / batch->width);
	AUTO(db_load) struct db_load *load = NULL;
	if (!expected)
		return NULL;
	TRY(db_load_begin(db, batch->table, batch->columns, batch->width, &load));
	TRY(load_rows(batch, load));
	TRY(db_load_end(&load, &taken));
	batch_clear(batch);
	if (taken == expected)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the table \"%s\" took %lld rows instead of %lld", batch->table,
				    (long long)taken, (long long)expected),
			  "%s", swallowed_hint);
}
