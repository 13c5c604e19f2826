/* What the chain makes, told from the text of its SQL: to run it takes SQLite a tenth of a second, which is too long
 * for a command that only looks. Names are all that matters here: statements that change types, keys or rows are passed
 * over. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/faults/trace.h"
#include "migrate/sql_token.h"
#include "migrate/table_text.h"

/* ---- what is there, up to the statement that is read ---- */

static bool is_called(const struct object *object, enum object_kind kind, const char *table, const char *name)
{
	return object->kind == kind && !strcmp(object->name, name) && !strcmp(object->table, table);
}

/* One that is there or, with `until`, that this revision has taken away. */
static struct object *find(struct trace *trace, enum object_kind kind, const char *table, const char *name, int until)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->objects[i].until == until && is_called(&trace->objects[i], kind, table, name))
			return &trace->objects[i];
	return NULL;
}

/* What a revision takes away and makes again is there all along. */
static void make(struct trace *trace, enum object_kind kind, const char *table, const char *name, int ordinal)
{
	struct object *taken = find(trace, kind, table, name, ordinal);
	if (taken) {
		taken->until = 0;
		return;
	}
	if (trace->count == trace->room) {
		trace->room = trace->room ? 2 * trace->room : 512;
		trace->objects = mem_resize(trace->objects, trace->room, sizeof *trace->objects);
	}
	trace->objects[trace->count++] = (struct object){kind, text_copy(table), text_copy(name), .since = ordinal};
}

/* What the same revision has made never was there. */
static void end(struct trace *trace, struct object *object, int ordinal)
{
	size_t place = (size_t)(object - trace->objects);
	object->until = ordinal;
	if (object->since != ordinal)
		return;
	free(object->table);
	free(object->name);
	memmove(object, object + 1, (--trace->count - place) * sizeof *object);
}

/* ---- statements, from behind their first words on ---- */

static void create_table(struct trace *trace, const char *statement, const char *at, int ordinal)
{
	AUTO(memory) char *table = sql_take_name(&at);
	AUTO(table_text) struct table_text text = {0};
	if (find(trace, OBJECT_TABLE, table, table, 0) || !table_text_read(&text, statement))
		return;
	make(trace, OBJECT_TABLE, table, table, ordinal);
	for (size_t i = 0; i < text.count; i++)
		if (text.items[i].column)
			make(trace, OBJECT_COLUMN, table, text.items[i].column, ordinal);
}

static void create_index(struct trace *trace, const char *statement, const char *at, int ordinal)
{
	(void)statement;
	AUTO(memory) char *name = sql_take_name(&at);
	if (!sql_take(&at, "ON"))
		return;
	AUTO(memory) char *table = sql_take_name(&at);
	if (!find(trace, OBJECT_INDEX, table, name, 0))
		make(trace, OBJECT_INDEX, table, name, ordinal);
}

static void drop_index(struct trace *trace, const char *statement, const char *at, int ordinal)
{
	(void)statement;
	AUTO(memory) char *name = sql_take_name(&at);
	for (size_t i = trace->count; i-- > 0;) {
		struct object *object = &trace->objects[i];
		if (object->kind == OBJECT_INDEX && !object->until && !strcmp(object->name, name))
			end(trace, object, ordinal);
	}
}

/* With its columns and indexes, which get the table's new name where there is one. */
static void end_table(struct trace *trace, const char *table, const char *renamed, int ordinal)
{
	for (size_t i = 0, count = trace->count; i < count;) {
		struct object *object = &trace->objects[i];
		if (object->until || strcmp(object->table, table) != 0) {
			i++;
			continue;
		}
		AUTO(memory) char *name = text_copy(object->kind == OBJECT_TABLE && renamed ? renamed : object->name);
		enum object_kind kind = object->kind;
		size_t before = trace->count;
		end(trace, object, ordinal);
		count -= before - trace->count;
		if (renamed)
			make(trace, kind, renamed, name, ordinal);
	}
}

static void drop_table(struct trace *trace, const char *statement, const char *at, int ordinal)
{
	(void)statement;
	AUTO(memory) char *table = sql_take_name(&at);
	end_table(trace, table, NULL, ordinal);
}

static void end_column(struct trace *trace, const char *table, const char *column, int ordinal)
{
	struct object *object = find(trace, OBJECT_COLUMN, table, column, 0);
	if (object)
		end(trace, object, ordinal);
}

static void alter_table(struct trace *trace, const char *statement, const char *at, int ordinal)
{
	(void)statement;
	AUTO(memory) char *table = sql_take_name(&at);
	bool adds = sql_take(&at, "ADD COLUMN"), drops = sql_take(&at, "DROP COLUMN");
	bool renames = sql_take(&at, "RENAME COLUMN"), renames_table = sql_take(&at, "RENAME TO");
	AUTO(memory) char *name = sql_take_name(&at);
	if (renames_table)
		end_table(trace, table, name, ordinal);
	if (drops || renames)
		end_column(trace, table, name, ordinal);
	if (adds)
		make(trace, OBJECT_COLUMN, table, name, ordinal);
	if (renames && sql_take(&at, "TO")) {
		AUTO(memory) char *renamed = sql_take_name(&at);
		make(trace, OBJECT_COLUMN, table, renamed, ordinal);
	}
}

static const struct form {
	const char *words, *perhaps; /* that may follow them */
	void (*read)(struct trace *trace, const char *statement, const char *at, int ordinal);
} forms[] = {
	{"CREATE TABLE", "IF NOT EXISTS", create_table},
	{"CREATE INDEX", "IF NOT EXISTS", create_index},
	{"CREATE UNIQUE INDEX", "IF NOT EXISTS", create_index},
	{"ALTER TABLE", NULL, alter_table},
	{"DROP TABLE", "IF EXISTS", drop_table},
	{"DROP INDEX", "IF EXISTS", drop_index},
};

static void read_statement(struct trace *trace, const char *statement, int ordinal)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *at = statement;
		if (!sql_take(&at, forms[i].words))
			continue;
		if (forms[i].perhaps)
			sql_take(&at, forms[i].perhaps);
		forms[i].read(trace, statement, at, ordinal);
		return;
	}
}

static void read_sql(struct trace *trace, const char *sql, int ordinal)
{
	AUTO(strings) struct strings statements = {0};
	sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++)
		read_statement(trace, statements.items[i], ordinal);
}

void trace_chain(struct trace *trace)
{
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++) {
		const struct chain_step *step = chain_step(revision_at(ordinal));
		read_sql(trace, step->sqlite_sql, ordinal);
		if (step->code && step->code->after_sqlite)
			read_sql(trace, step->code->after_sqlite, ordinal);
	}
}
