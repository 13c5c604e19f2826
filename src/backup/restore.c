#include "backup/restore.h"

#include <string.h>

#include "backup/fit_tables.h"
#include "backup/orphans.h"
#include "backup/parts_script.h"
#include "backup/sequences.h"

static fallible load_table(const struct rows_target *target, const struct table *table, const struct fit *fit)
{
	AUTO(rows_loaded) struct rows_loaded loaded = {0};
	if (fit)
		TRY(fit_columns(fit, table, &loaded.forms));
	TRY(rows_load(target, table, &loaded));
	TRY(rows_check(target->db, table, &loaded));
	/* Those of the same engine come back as they stood. */
	return fit ? sequences_go_on(target->db, table->name) : NULL;
}

static fallible load_tables(const struct rows_target *target, const struct tables *tables, const struct fit *fit,
			    struct strings *left_out)
{
	for (size_t i = 0; i < tables->count; i++) {
		const struct table *table = &tables->items[i];
		if (fit && !fit_has(fit, table->name))
			strings_add(left_out, table->name);
		else
			TRY(load_table(target, table, fit));
	}
	return NULL;
}

/* Extensions stand first, and those of many servers are for superusers to make. */
static fallible make_tables(struct db *db, const struct database_copy *copy)
{
	struct error *error = parts_script_run(db, copy->before, "making the tables");
	if (!error || error->code != ERR_PERMISSION || !text_starts(copy->before, "CREATE EXTENSION"))
		return error;
	return error_hint(error_without_hints(error),
			  "the role needs CREATE on the schema; an extension that is not there yet a superuser can "
			  "make in this database before: %.*s",
			  (int)strcspn(copy->before, ";"), copy->before);
}

static fallible restore_as_it_was(const struct rows_target *target, const struct database_copy *copy)
{
	struct rows_target same = *target;
	same.aside = NULL; /* an engine takes what it gave */
	TRY(make_tables(target->db, copy));
	TRY(load_tables(&same, &copy->tables, NULL, NULL));
	return parts_script_run(target->db, copy->after, "making indexes and keys");
}

static fallible restore_to_other(const struct rows_target *target, const struct manifest *manifest,
				 const struct database_copy *copy, struct strings *left_out)
{
	AUTO(fit) struct fit fit = {0};
	struct rows_target strict = *target;
	if (db_can(target->db, DB_CAN_STORE_ANYTHING))
		strict.aside = NULL;
	TRY(fit_make(target->db, manifest->revision, &copy->tables, &fit));
	TRY(parts_script_run(target->db, fit.before, "making the tables"));
	TRY(tables_read(target->db, &fit.tables));
	TRY(load_tables(&strict, &copy->tables, &fit, left_out));
	if (strict.aside)
		TRY(orphans_set_aside_or_refuse(target->db, &fit.made, &copy->tables, strict.aside));
	return parts_script_run(target->db, fit.after, "making indexes and keys");
}

fallible database_restore(const struct rows_target *target, const struct manifest *manifest,
			  const struct database_copy *copy, struct strings *left_out)
{
	TRY(db_compress_quickly(target->db));
	if (!strcmp(copy->engine, db_pick(target->db, "sqlite", "postgresql")))
		return restore_as_it_was(target, copy);
	return restore_to_other(target, manifest, copy, left_out);
}
