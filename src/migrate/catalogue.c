#include "migrate/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sorted.h"

const char *const type_class_names[] = {"text", "integer", "boolean", "JSON", "time", "something else"};

static void free_key(struct key_shape *key)
{
	free(key->name);
	strings_cleanup(&key->columns);
	free(key->parent);
	strings_cleanup(&key->parent_columns);
	free(key->actions);
	free(key->sql);
}

static void free_table(struct table_shape *table)
{
	for (size_t i = 0; i < table->column_count; i++) {
		free(table->columns[i].name);
		free(table->columns[i].declared);
	}
	for (size_t i = 0; i < table->key_count; i++)
		free_key(&table->keys[i]);
	free(table->columns);
	free(table->keys);
	free(table->name);
	free(table->text);
}

void catalogue_cleanup(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++)
		free_table(&catalogue->tables[i]);
	free(catalogue->tables);
	strings_cleanup(&catalogue->others);
	*catalogue = (struct catalogue){0};
}

/* ---- looking things up ---- */

static const char *name_of(const void *table)
{
	return ((const struct table_shape *)table)->name;
}

const struct table_shape *catalogue_table(const struct catalogue *catalogue, const char *table)
{
	size_t place = sorted_place(catalogue->tables, catalogue->count, sizeof *catalogue->tables, name_of, table);
	bool found = place < catalogue->count && !strcmp(catalogue->tables[place].name, table);
	return found ? &catalogue->tables[place] : NULL;
}

const struct column_shape *catalogue_column(const struct table_shape *table, const char *column)
{
	for (size_t i = 0; table && i < table->column_count; i++)
		if (!strcmp(table->columns[i].name, column))
			return &table->columns[i];
	return NULL;
}

bool catalogue_has_columns(const struct table_shape *table, const struct strings *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!catalogue_column(table, columns->items[i]))
			return false;
	return table;
}

void catalogue_primary_key(const struct table_shape *table, struct strings *columns)
{
	bool found = true;
	for (int place = 1; found; place++) {
		found = false;
		for (size_t i = 0; i < table->column_count; i++)
			if (table->columns[i].key == place) {
				strings_add(columns, table->columns[i].name);
				found = true;
			}
	}
}

/* ---- keys ---- */

bool catalogue_same_columns(const struct strings *a, const struct strings *b, bool in_order)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (in_order ? strcmp(a->items[i], b->items[i]) != 0 : !strings_have(b, a->items[i]))
			return false;
	return true;
}

bool catalogue_is_unique(const struct table_shape *table, const struct strings *columns)
{
	AUTO(strings) struct strings primary = {0};
	catalogue_primary_key(table, &primary);
	if (primary.count && catalogue_same_columns(columns, &primary, false))
		return true;
	for (size_t i = 0; i < table->key_count; i++) {
		const struct key_shape *key = &table->keys[i];
		if (key->kind == KEY_UNIQUE && !key->partial && !key->invalid &&
		    catalogue_same_columns(columns, &key->columns, false))
			return true;
	}
	return false;
}

const struct key_shape *catalogue_foreign_key(const struct table_shape *table, const struct key_shape *key)
{
	for (size_t i = 0; i < table->key_count; i++)
		if (table->keys[i].kind == KEY_FOREIGN && text_equal(table->keys[i].parent, key->parent) &&
		    catalogue_same_columns(&table->keys[i].columns, &key->columns, true) &&
		    catalogue_same_columns(&table->keys[i].parent_columns, &key->parent_columns, true))
			return &table->keys[i];
	return NULL;
}
