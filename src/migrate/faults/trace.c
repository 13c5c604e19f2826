#include "migrate/faults/trace.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrate/journal.h"
#include "openwebui/revision.h"

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
	int recorded = faults->installation->revision->ordinal;
	const struct revision *open;
	const struct catalogue *live;
	TRY(journal_cut_off(faults->installation, &open));
	TRY(faults_live(faults, &live));
	struct trace *trace = faults->trace = mem_new(1, sizeof *faults->trace);
	trace->live = live;
	trace_chain(trace);
	trace->ahead = open ? 0 : trace_ahead(trace, recorded);
	trace->takes = open ? open->ordinal : trace->ahead ? trace->ahead : recorded;
	return NULL;
}

fallible trace_of(struct faults *faults, const struct trace **trace)
{
	if (!faults->trace)
		TRY(make_trace(faults));
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

/* ---- ahead of what is recorded ---- */

/* Whether it is there at the end of a revision. */
static bool lasts(const struct object *object, int ordinal)
{
	return object->since <= ordinal && (!object->until || object->until > ordinal);
}

static bool lasts_by_name(const struct trace *trace, const struct object *object, int ordinal)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *other = &trace->objects[i];
		if (other->kind == object->kind && lasts(other, ordinal) && text_equal(other->table, object->table) &&
		    text_equal(other->name, object->name))
			return true;
	}
	return false;
}

/* Whether what the revisions after `recorded` have made and taken away is as it is at the end of `ordinal`. */
static bool is_done(const struct trace *trace, int recorded, int ordinal)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *object = &trace->objects[i];
		bool made = object->since > recorded && lasts(object, ordinal);
		bool taken = object->until > recorded && object->until <= ordinal &&
			     !lasts_by_name(trace, object, ordinal);
		if ((made && !trace_is_there(trace, object)) || (taken && trace_is_there(trace, object)))
			return false;
	}
	return true;
}

static bool makes_anything(const struct trace *trace, int ordinal)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->objects[i].since == ordinal)
			return true;
	return false;
}

int trace_ahead(const struct trace *trace, int recorded)
{
	int ahead = 0;
	for (int ordinal = recorded + 2; ordinal <= revision_count(); ordinal++)
		if (makes_anything(trace, ordinal) && is_done(trace, recorded, ordinal))
			ahead = ordinal;
	return ahead;
}

/* ---- */

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
