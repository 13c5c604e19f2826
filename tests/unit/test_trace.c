/* What the text of the chain tells of tables, columns and indexes is what running it makes, after every revision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/faults/trace.h"

#define CLEAN __attribute__((unused)) void **state

static char *name_of(enum object_kind kind, const char *table, const char *name)
{
	static const char *const words[] = {"table", "column", "index"};
	return text_format("%s %s.%s", words[kind], table, name);
}

static void add_name(struct strings *names, enum object_kind kind, const char *table, const char *name)
{
	strings_add_taken(names, name_of(kind, table, name));
}

static void run_revision(struct db *db, int ordinal)
{
	const struct chain_step *step = chain_step(revision_at(ordinal));
	assert_null(alter_script(db, step->sqlite_sql));
	if (step->code && step->code->after_sqlite)
		assert_null(alter_script(db, step->code->after_sqlite));
}

static void names_made(struct db *db, struct strings *names)
{
	AUTO(catalogue) struct catalogue made = {0};
	assert_null(catalogue_read(db, &made));
	for (size_t i = 0; i < made.count; i++) {
		const struct table_shape *table = &made.tables[i];
		add_name(names, OBJECT_TABLE, table->name, table->name);
		for (size_t j = 0; j < table->column_count; j++)
			add_name(names, OBJECT_COLUMN, table->name, table->columns[j].name);
		for (size_t j = 0; j < table->key_count; j++)
			if (table->keys[j].named)
				add_name(names, OBJECT_INDEX, table->name, table->keys[j].name);
	}
	strings_sort(names);
}

static bool is_at(const struct object *object, int ordinal)
{
	return object->since <= ordinal && (!object->until || object->until > ordinal);
}

static void names_told(const struct trace *trace, int ordinal, struct strings *names)
{
	for (size_t i = 0; i < trace->count; i++)
		if (is_at(&trace->objects[i], ordinal))
			add_name(names, trace->objects[i].kind, trace->objects[i].table, trace->objects[i].name);
	strings_sort(names);
}

static void assert_same(const struct strings *told, const struct strings *made, int ordinal)
{
	AUTO(memory) char *told_text = strings_join(told, "\n");
	AUTO(memory) char *made_text = strings_join(made, "\n");
	for (size_t i = 0; i < told->count; i++)
		if (!strings_have_sorted(made, told->items[i]))
			fail_msg("revision %s: the text tells of %s", revision_at(ordinal)->id, told->items[i]);
	for (size_t i = 0; i < made->count; i++)
		if (!strings_have_sorted(told, made->items[i]))
			fail_msg("revision %s: the text tells nothing of %s", revision_at(ordinal)->id, made->items[i]);
	assert_string_equal(told_text, made_text); /* each of them once */
}

/* What a revision takes away and makes again is no new object: it was there before. */
static void assert_new(const struct trace *trace, int ordinal, const struct strings *before)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *object = &trace->objects[i];
		AUTO(memory) char *name = name_of(object->kind, object->table, object->name);
		assert_int_not_equal(object->since, object->until);
		if (object->since == ordinal && strings_have_sorted(before, name))
			fail_msg("revision %s: %s is not new", revision_at(ordinal)->id, name);
	}
}

static void the_text_tells_what_the_chain_makes(CLEAN)
{
	AUTO(db) struct db *db = NULL;
	AUTO(strings) struct strings before = {0};
	struct trace *trace = mem_new(1, sizeof *trace);
	trace_chain(trace);
	assert_null(db_open_in_memory(&db));
	assert_null(db_begin(db, DB_WRITE));
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++) {
		struct strings made = {0};
		AUTO(strings) struct strings told = {0};
		run_revision(db, ordinal);
		names_made(db, &made);
		names_told(trace, ordinal, &told);
		assert_same(&told, &made, ordinal);
		assert_new(trace, ordinal, &before);
		strings_cleanup(&before);
		before = made;
	}
	trace_free(trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_tells_what_the_chain_makes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
