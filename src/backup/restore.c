#include "backup/restore.h"

#include <string.h>


static fallible load_tables(const struct rows_target *target, const struct database_copy *copy)
{
	for (size_t i = 0; i < copy->tables.count; i++)
		TRY(rows_load(target, &copy->tables.items[i]));
	for (size_t i = 0; i < copy->tables.count; i++)
		TRY(rows_check(target->db, &copy->tables.items[i]));
	return NULL;
}

static fallible run_script(struct db *db, const char *script, const char *what)
{
	return *script ? error_wrap(db_script(db, script), "%s", what) : NULL;
}

fallible database_restore(const struct rows_target *target, const struct manifest *manifest,
			  const struct database_copy *copy, struct strings *left_out)
{
	(void)manifest;
	(void)left_out;
	struct db *db = target->db;
	if (strcmp(copy->engine, db_pick(db, "sqlite", "postgresql")))
		return error_new(ERR_FAILED, "the snapshot is of another engine, %s", copy->engine);
	TRY(run_script(db, copy->before, "making the tables"));
	TRY(load_tables(target, copy));
	return run_script(db, copy->after, "making indexes and keys");
}
