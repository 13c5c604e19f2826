#include "migrate/faults/trace.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrate/journal.h"

#define MOST_SHOWN 5

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	for (size_t i = 0; i < trace->count; i++) {
		free(trace->objects[i].table);
		free(trace->objects[i].name);
	}
	free(trace->objects);
	free(trace);
}

static fallible make_trace(struct faults *faults)
{
	const struct revision *recorded = faults->installation->revision, *next = revision_at(recorded->ordinal + 1);
	const struct revision *open;
	TRY(journal_cut_off(faults->installation, &open));
	faults->trace = mem_new(1, sizeof *faults->trace);
	faults->trace->takes = open ? open->ordinal : recorded->ordinal;
	trace_chain(faults->trace, next ? next->ordinal : recorded->ordinal);
	return NULL;
}

fallible trace_of(struct faults *faults, const struct trace **trace)
{
	if (!faults->trace)
		TRY(make_trace(faults));
	TRY(faults_live(faults, &faults->trace->live));
	*trace = faults->trace;
	return NULL;
}

fallible trace_has(struct faults *faults, const char *table, const char *column, bool *has)
{
	const struct catalogue *live;
	TRY(faults_live(faults, &live));
	const struct table_shape *shape = catalogue_table(live, table);
	*has = column ? catalogue_column(shape, column) != NULL : shape != NULL;
	return NULL;
}

static bool has_index(const struct table_shape *table, const char *name)
{
	for (size_t i = 0; table && i < table->key_count; i++)
		if (table->keys[i].kind != KEY_FOREIGN && text_equal(table->keys[i].name, name))
			return true;
	return false;
}

bool trace_is_there(const struct trace *trace, const struct object *object)
{
	const struct table_shape *table = catalogue_table(trace->live, object->table);
	if (object->kind == OBJECT_COLUMN)
		return catalogue_column(table, object->name);
	return object->kind == OBJECT_TABLE ? table != NULL : has_index(table, object->name);
}

void object_add_name(struct strings *list, const struct object *object)
{
	if (object->kind == OBJECT_COLUMN)
		strings_add_taken(list, text_format("%s.%s", object->table, object->name));
	else
		strings_add_taken(list, text_format("the %s %s", object->kind == OBJECT_TABLE ? "table" : "index",
						    object->name));
}

char *names_shown(const struct strings *names)
{
	AUTO(str) struct str shown = {0};
	for (size_t i = 0; i < names->count && i < MOST_SHOWN; i++)
		str_add_format(&shown, "%s%s", i ? ", " : "", names->items[i]);
	if (names->count > MOST_SHOWN)
		str_add_format(&shown, " and %zu more", names->count - MOST_SHOWN);
	return str_take(&shown);
}
