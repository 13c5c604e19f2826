#include "migrate/faults/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"

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
	catalogue_cleanup(&trace->live);
	free(trace);
}

/* ---- running the chain ---- */

/* From behind the last one that was found on: they come in much the same order after every revision. */
static struct object *find(struct trace *trace, enum object_kind kind, const char *table, const char *name)
{
	for (size_t i = 0; i < trace->count; i++) {
		size_t place = (trace->last + 1 + i) % trace->count;
		struct object *object = &trace->objects[place];
		if (object->kind == kind && !object->until && !strcmp(object->name, name) &&
		    !strcmp(object->table, table)) {
			trace->last = place;
			return object;
		}
	}
	return NULL;
}

static void see(struct trace *trace, enum object_kind kind, const char *table, const char *name, int ordinal)
{
	struct object *object = find(trace, kind, table, name);
	if (!object) {
		if (trace->count == trace->room) {
			trace->room = trace->room ? 2 * trace->room : 512;
			trace->objects = mem_resize(trace->objects, trace->room, sizeof *trace->objects);
		}
		object = &trace->objects[trace->count++];
		*object = (struct object){kind, text_copy(table), text_copy(name), .since = ordinal};
	}
	object->seen = ordinal;
}

static fallible look(struct trace *trace, struct db *db, int ordinal)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db,
		     "select 0, name, name from sqlite_master where type = 'table'"
		     " union all select 1, m.name, c.name from sqlite_master m, pragma_table_xinfo(m.name) c"
		     " where m.type = 'table'"
		     " union all select 2, tbl_name, name from sqlite_master where type = 'index' and sql is not null",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		see(trace, (enum object_kind)db_cell_integer(rows, 0), db_cell_text(rows, 1), db_cell_text(rows, 2),
		    ordinal);
	for (size_t i = 0; i < trace->count; i++)
		if (!trace->objects[i].until && trace->objects[i].seen != ordinal)
			trace->objects[i].until = ordinal;
	return error;
}

static fallible run_chain(struct trace *trace, int last)
{
	AUTO(db) struct db *db = NULL;
	TRY(db_open_in_memory(&db));
	TRY(db_begin(db, DB_WRITE));
	for (int ordinal = 1; ordinal <= last; ordinal++) {
		const struct chain_step *step = chain_step(revision_at(ordinal));
		TRY(alter_script(db, step->sqlite_sql));
		if (step->code && step->code->after_sqlite)
			TRY(alter_script(db, step->code->after_sqlite));
		TRY(look(trace, db, ordinal));
	}
	return NULL;
}

fallible trace_of(struct faults *faults, const struct trace **trace)
{
	const struct revision *recorded = faults->installation->revision;
	if (!faults->trace) {
		faults->trace = mem_new(1, sizeof *faults->trace);
		TRY(run_chain(faults->trace, recorded->ordinal + (recorded != revision_head())));
		TRY(catalogue_read(faults->installation->db, &faults->trace->live));
	}
	*trace = faults->trace;
	return NULL;
}

/* ---- asking ---- */

fallible trace_has(struct faults *faults, const char *table, const char *column, bool *has)
{
	const struct trace *trace;
	TRY(trace_of(faults, &trace));
	const struct table_shape *shape = catalogue_table(&trace->live, table);
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
	const struct table_shape *table = catalogue_table(&trace->live, object->table);
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
