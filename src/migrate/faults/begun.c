/* SQLite keeps what a revision of upstream has made before the statement that failed, or before the kill: the revision
 * is not recorded, and trips over it the next time. What holds nothing is dropped, so that it is done anew. The rows of
 * chat_message are committed as they are made; what is there of them stays, and the rest is looked for by itself. */
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/step.h"
#include "migrate/faults/trace.h"
#include "migrate/journal.h"
#include "migrate/recorded.h"

/* owctl goes on with what it was cut off in, and with what of some revisions is there before they are begun. */
static fallible is_owctls(struct installation *installation, const struct revision *revision, bool *own)
{
	const struct chain_code *code = chain_step(revision)->code;
	TRY(journal_is_open(installation, revision, own));
	*own |= code && code->takes_begun;
	return NULL;
}

/* ---- what stands of it ---- */

static bool is_of_new_table(const struct trace *trace, const struct object *object)
{
	for (size_t i = 0; object->kind != OBJECT_TABLE && i < trace->count; i++)
		if (trace->objects[i].kind == OBJECT_TABLE && trace->objects[i].since == object->since &&
		    text_equal(trace->objects[i].name, object->table))
			return true;
	return false;
}

/* A column that peewee had before Alembic made one of that name. */
static bool was_there_before(const struct trace *trace, const struct object *object)
{
	return object->kind == OBJECT_COLUMN &&
	       family_has_more(catalogue_family(trace->live), object->table, object->name);
}

/* A table is named alone, without its columns and indexes. */
static bool stands(const struct trace *trace, const struct object *object, int ordinal)
{
	return object->since == ordinal && !is_of_new_table(trace, object) && trace_is_there(trace, object) &&
	       !was_there_before(trace, object);
}

static fallible find(struct faults *faults)
{
	const struct trace *trace;
	const struct revision *next = revision_at(faults->installation->revision->ordinal + 1);
	bool own = false;
	AUTO(strings) struct strings names = {0};
	if (next)
		TRY(is_owctls(faults->installation, next, &own));
	if (!next || own)
		return NULL;
	TRY(trace_of(faults, &trace));
	for (size_t i = 0; i < trace->count; i++)
		if (stands(trace, &trace->objects[i], next->ordinal))
			object_add_name(&names, &trace->objects[i]);
	if (!names.count)
		return NULL;
	AUTO(memory) char *shown = names_shown(&names);
	AUTO(memory) char *mending =
		next->ordinal == REVISION_8452d01d26d7
			? text_format("%s is recorded as applied; messages that have no row get one", next->id)
			: text_copy("what of it holds nothing is dropped, and `owctl migrate up` does it anew");
	faults_add(faults, (struct fault_about){.subject = next->id, .mending = mending},
		   "revision %s was begun and not ended: %s %s there", next->id, shown,
		   names.count == 1 ? "is" : "are");
	return NULL;
}

/* ---- taking it back ---- */

/* A column that has to have a value has its default everywhere. */
static char *holds_sql(const struct trace *trace, const struct object *object)
{
	const struct table_shape *table = catalogue_table(trace->live, object->table);
	if (object->kind == OBJECT_TABLE)
		return text_format("select count(*) from (select 1 from \"%s\" limit 1) as r", object->table);
	if (catalogue_column(table, object->name)->required)
		return text_format("select count(*) - 1 from (select distinct cast(\"%s\" as text) from \"%s\" limit 2)"
				   " as r",
				   object->name, object->table);
	return text_format("select count(*) from (select 1 from \"%s\" where \"%s\" is not null limit 1) as r",
			   object->table, object->name);
}

static fallible drop(struct work *work, const struct trace *trace, const struct object *object)
{
	int64_t held;
	AUTO(memory) char *holds = holds_sql(trace, object);
	TRY(db_single_integer(work->db, holds, NULL, 0, &held));
	if (held > 0)
		return error_hint(error_new(ERR_FAILED, "%s%s%s holds values; it is not dropped", object->table,
					    object->kind == OBJECT_COLUMN ? "." : "",
					    object->kind == OBJECT_COLUMN ? object->name : ""),
				  "if they are worth nothing, drop it by hand, and say the same again");
	AUTO(memory) char *sql = object->kind == OBJECT_TABLE
					 ? text_format("drop table \"%s\"", object->table)
					 : text_format("alter table \"%s\" drop column \"%s\"", object->table,
						       object->name);
	return db_script(work->db, sql);
}

static fallible drop_index(struct work *work, const struct object *object)
{
	AUTO(memory) char *sql = text_format("drop index \"%s\"", object->name);
	return db_script(work->db, sql);
}

/* The settings have another name by then; what took theirs is empty. */
static fallible take_back_config(struct work *work, const struct trace *trace)
{
	char config[] = "config";
	const struct object settings = {.kind = OBJECT_TABLE, .table = config, .name = config};
	if (!catalogue_column(catalogue_table(trace->live, "config_old"), "data"))
		return NULL;
	TRY(drop(work, trace, &settings));
	return db_script(work->db, "ALTER TABLE config_old RENAME TO config");
}

/* Indexes before what they are on, columns before the tables that they refer to. */
static fallible take_back(struct work *work, const struct trace *trace, int ordinal)
{
	static const enum object_kind order[] = {OBJECT_INDEX, OBJECT_COLUMN, OBJECT_TABLE};
	for (size_t kind = 0; kind < COUNT(order); kind++)
		for (size_t i = 0; i < trace->count; i++) {
			const struct object *object = &trace->objects[i];
			if (object->kind == order[kind] && stands(trace, object, ordinal))
				TRY(object->kind == OBJECT_INDEX ? drop_index(work, object)
								 : drop(work, trace, object));
		}
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	const struct revision *revision = revision_find(fault->subject);
	const struct trace *trace;
	AUTO(faults) struct faults faults = {.installation = work->run->installation};
	if (revision->ordinal == REVISION_8452d01d26d7) {
		TRY(step_make_last_indexes(work, revision));
		return recorded_move(work->db, work->run->installation->revision, revision);
	}
	TRY(trace_of(&faults, &trace));
	if (revision->ordinal == REVISION_3ff2c63645b8 && catalogue_table(trace->live, "config_old"))
		return take_back_config(work, trace);
	return take_back(work, trace, revision->ordinal);
}

const struct fault_kind fault_begun = {
	.name = "begun",
	.summary = "a revision was begun and not ended; what stands of it is in its own way",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
