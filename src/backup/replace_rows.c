#include "backup/replace_rows.h"

#include <string.h>

#include "backup/dangling.h"
#include "backup/fit_tables.h"
#include "backup/orphans.h"
#include "backup/sequences.h"
#include "base/memory.h"
#include "migrate/watch.h"

/* ---- before ---- */

fallible same_revision_check(struct db *db, const struct manifest *manifest)
{
	AUTO(strings) struct strings recorded = {0};
	bool has_table, watched;
	TRY(db_column_exists(db, "alembic_version", "version_num", &has_table));
	if (has_table)
		TRY(db_texts(db, "SELECT version_num FROM alembic_version", NULL, 0, &recorded));
	AUTO(memory) char *list = recorded.count ? strings_join(&recorded, ", ") : text_copy("none");
	if (recorded.count != 1 || !text_equal(recorded.items[0], manifest->revision))
		return error_hint(error_new(ERR_NO, "%s is at revision %s, and the snapshot at %s; nothing was changed",
					    db_display(db), list, manifest->revision ? manifest->revision : "none"),
				  "restore the whole snapshot into another database, bring that to this revision with "
				  "`owctl migrate up`, and restore from a snapshot of it");
	TRY(watch_is_open(db, &watched));
	return watched ? error_hint(error_new(ERR_NO, "%s is in the midst of a migration", db_display(db)),
				    "`owctl migrate up` goes on with it")
		       : NULL;
}

static fallible check_table(struct db *db, const struct table *table, const struct table_shape *there,
			    struct strings *more)
{
	if (!there)
		return error_hint(error_new(ERR_NO, "%s has no table %s; nothing was changed", db_display(db),
					    table->name),
				  "restore the whole snapshot into another database, and take it from there");
	for (size_t i = 0; i < table->columns.count; i++)
		if (!catalogue_column(there, table->columns.items[i]))
			return error_hint(error_new(ERR_NO, "%s has no column %s in table %s; nothing was changed",
						    db_display(db), table->columns.items[i], table->name),
					  "add the column first, or restore the whole snapshot");
	for (size_t i = 0; i < there->column_count; i++)
		if (!strings_have(&table->columns, there->columns[i].name))
			strings_add_taken(more, text_format("%s.%s", table->name, there->columns[i].name));
	return NULL;
}

fallible replace_rows_check(struct db *db, const struct manifest *manifest, const struct database_copy *copy,
			    struct strings *more)
{
	AUTO(catalogue) struct catalogue live = {0};
	TRY(same_revision_check(db, manifest));
	TRY(catalogue_read(db, &live));
	for (size_t i = 0; i < copy->tables.count; i++)
		TRY(check_table(db, &copy->tables.items[i], catalogue_table(&live, copy->tables.items[i].name), more));
	return NULL;
}

/* ---- rows ---- */

static fallible remove_rows(struct db *db, const struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		AUTO(str) struct str sql = {0};
		str_add(&sql, db_pick(db, "DELETE FROM ", "TRUNCATE "));
		db_add_identifier(&sql, tables->items[i].name);
		TRY(error_wrap(db_script(db, str_text(&sql)), "removing the rows of table %s", tables->items[i].name));
	}
	return NULL;
}

static fallible load_table(const struct rows_target *target, const struct table *table, const struct fit *there,
			   bool same_engine)
{
	AUTO(rows_loaded) struct rows_loaded loaded = {0};
	if (!same_engine || !fit_has_types(there, table))
		TRY(fit_columns(there, table, &loaded.forms));
	TRY(rows_load(target, table, &loaded));
	TRY(rows_check(target->db, table, &loaded));
	return sequences_go_on(target->db, table->name);
}

static fallible load_tables(const struct rows_target *target, const struct database_copy *copy, bool same_engine)
{
	AUTO(fit) struct fit there = {0};
	TRY(tables_read(target->db, &there.tables));
	for (size_t i = 0; i < copy->tables.count; i++)
		TRY(load_table(target, &copy->tables.items[i], &there, same_engine));
	return NULL;
}

fallible replace_rows(const struct rows_target *target, const struct database_copy *copy)
{
	bool same_engine = !strcmp(copy->engine, db_pick(target->db, "sqlite", "postgresql"));
	struct rows_target strict = *target;
	AUTO(catalogue) struct catalogue live = {0};
	AUTO(dangling) struct dangling dangling = {0};
	if (same_engine || db_can(target->db, DB_CAN_STORE_ANYTHING))
		strict.aside = NULL;
	TRY(db_compress_quickly(target->db));
	TRY(catalogue_read(target->db, &live));
	TRY(dangling_begin(target->db, &copy->tables, &live, &dangling));
	TRY(remove_rows(target->db, &copy->tables));
	TRY(load_tables(&strict, copy, same_engine));
	if (strict.aside)
		TRY(orphans_set_aside_or_refuse(target->db, &live, &copy->tables, strict.aside));
	return dangling_end(target->db, &copy->tables, &dangling);
}
