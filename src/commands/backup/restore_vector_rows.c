/* The database of the vectors, where that is another one than Open WebUI's own (PGVECTOR_DB_URL). */
#include "backup/replace.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "openwebui/vectors.h"

fallible restoring_choose_vectors(struct restoring *restoring)
{
	const struct restore_arguments *arguments = restoring->arguments;
	enum vectors_place place;
	const char *store;
	bool whole = !arguments->database_only && !arguments->files_only && !arguments->user &&
		     !restoring->tables.count;
	TRY(vectors_find(restoring->context->settings, &restoring->target, &place, &store));
	if (whole && place == VECTORS_OTHER_DATABASE)
		restoring->vectors_copy = manifest_database(&restoring->manifest, database_names[DATABASE_VECTORS]);
	return NULL;
}

fallible restoring_ask_for_vectors(const struct restoring *restoring)
{
	struct context *context = restoring->context;
	AUTO(db_target) struct db_target target = {0};
	if (!restoring->vectors_copy)
		return NULL;
	TRY(vectors_target(context->settings, &target));
	return backup_ask_to_replace(context, &target, &restoring->manifest, restoring->vectors_copy);
}

static fallible clear(const struct restoring *restoring, struct db *db)
{
	AUTO(strings) struct strings gone = {0};
	if (!restoring->arguments->replace)
		return restoring_check_empty(db);
	TRY(replace_plan(db, &restoring->manifest, restoring->vectors_copy, &gone));
	return restoring->context->globals.dry_run ? NULL : replace_drop(db, &gone);
}

static fallible load(struct restoring *restoring, struct db *db)
{
	const struct rows_target target = {.db = db,
					   .repository = &restoring->repository,
					   .identities = &restoring->identities,
					   .progress = restoring_progress(restoring)};
	bool dry = restoring->context->globals.dry_run;
	if (restoring->arguments->replace && !dry)
		TRY(backup_take_database(db));
	TRY(db_begin(db, dry ? DB_READ : DB_WRITE));
	TRY(clear(restoring, db));
	if (dry)
		return NULL;
	log_note("changing %s", db_display(db));
	TRY(database_restore(&target, &restoring->manifest, restoring->vectors_copy, &restoring->left_out));
	return db_may_wait(db);
}

static fallible open_and_load(struct restoring *restoring)
{
	const struct db_options how = {.connect_timeout_s = restoring->context->globals.timeout};
	AUTO(db_target) struct db_target target = {0};
	TRY(vectors_target(restoring->context->settings, &target));
	TRY(db_open(&target, &how, &restoring->vectors_database));
	restoring->vectors_display = text_copy(db_display(restoring->vectors_database));
	return load(restoring, restoring->vectors_database);
}

fallible restoring_load_vectors(struct restoring *restoring)
{
	const struct database_copy *copy = restoring->vectors_copy;
	if (!copy)
		return NULL;
	TRY(error_wrap(open_and_load(restoring), "the vectors"));
	restoring->rows += tables_rows(&copy->tables);
	return NULL;
}

fallible restoring_commit_vectors(struct restoring *restoring)
{
	if (!restoring->vectors_database || restoring->context->globals.dry_run)
		return NULL;
	return error_hint(error_wrap(db_commit(restoring->vectors_database),
				     "the rows are restored, the vectors are not"),
			  "say the same again, with --replace");
}
