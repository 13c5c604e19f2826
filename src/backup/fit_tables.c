#include "backup/fit_tables.h"

#include <stdlib.h>

#include "backup/parts_script.h"
#include "base/memory.h"
#include "migrate/journal.h"
#include "migrate/kept.h"
#include "migrate/up.h"

void fit_cleanup(struct fit *fit)
{
	free(fit->before);
	free(fit->after);
	tables_cleanup(&fit->tables);
	catalogue_cleanup(&fit->made);
	strings_cleanup(&fit->others);
}

/* The chain makes tables and keys one after the other; what comes of them is taken apart and put together again, so
 * that rows go into tables without indexes, and foreign keys are looked at when all are there. */
static fallible drop_tables(struct db *db, const struct strings *others)
{
	AUTO(strings) struct strings tables = {0};
	TRY(db_tables(db, &tables));
	for (size_t i = 0; i < tables.count; i++) {
		AUTO(str) struct str sql = {0};
		if (strings_have(others, tables.items[i]))
			continue;
		str_add(&sql, "DROP TABLE ");
		db_add_identifier(&sql, tables.items[i]);
		str_add(&sql, db_pick(db, "", " CASCADE"));
		TRY(db_script(db, str_text(&sql)));
	}
	return NULL;
}

fallible fit_make(struct db *db, const char *revision, const struct tables *copied, struct fit *fit)
{
	const struct revision *known = revision ? revision_find(revision) : NULL;
	AUTO(db_parts) struct db_parts parts = {0};
	if (!known)
		return error_hint(error_new(ERR_FAILED, "this owctl does not know the snapshot's revision: %s",
					    revision ? revision : "none"),
				  "restore it on the engine that it was made of, or use a newer owctl");
	TRY(db_tables(db, &fit->others));
	TRY(schema_create(db, known));
	if (tables_find(copied, JOURNAL_TABLE))
		TRY(journal_make(db));
	if (tables_find(copied, KEPT_TABLE))
		TRY(kept_make(db));
	TRY(db_parts_read(db, &parts));
	TRY(catalogue_read(db, &fit->made));
	TRY(drop_tables(db, &fit->others));
	fit->before = parts_script(&parts, &fit->others, true);
	fit->after = parts_script(&parts, &fit->others, false);
	return NULL;
}

bool fit_has(const struct fit *fit, const char *table)
{
	return tables_find(&fit->tables, table) && !strings_have(&fit->others, table);
}

static const char *type_of(const struct table *table, const char *column)
{
	for (size_t i = 0; i < table->columns.count; i++)
		if (text_equal(table->columns.items[i], column))
			return table->types.items[i];
	return NULL;
}

bool fit_has_types(const struct fit *fit, const struct table *table)
{
	const struct table *there = tables_find(&fit->tables, table->name);
	for (size_t i = 0; i < table->columns.count; i++)
		if (!there || !text_equal(type_of(there, table->columns.items[i]), table->types.items[i]))
			return false;
	return there != NULL;
}

static enum field_form form_of(const char *type)
{
	if (text_starts(type, "timestamp") || text_starts(type, "datetime") || text_equal(type, "jsonb"))
		return FIELD_OTHERWISE;
	return text_equal(type, "json") ? FIELD_NUMBER : FIELD_SAME;
}

fallible fit_columns(const struct fit *fit, const struct table *table, enum field_form **forms)
{
	const struct table *there = tables_find(&fit->tables, table->name);
	enum field_form *found = mem_new(table->columns.count + 1, sizeof *found);
	for (size_t i = 0; i < table->columns.count; i++) {
		const char *type = type_of(there, table->columns.items[i]);
		if (!type) {
			free(found);
			return error_hint(error_new(ERR_FAILED,
						    "column %s of table %s is not Open WebUI's, and no other "
						    "engine can have it",
						    table->columns.items[i], table->name),
					  "restore it on the engine that it was made of");
		}
		enum field_form here = form_of(type), before = form_of(table->types.items[i]);
		found[i] = here > before ? here : before;
	}
	*forms = found;
	return NULL;
}
