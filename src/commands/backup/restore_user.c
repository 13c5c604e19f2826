#include "backup/named_files.h"
#include "backup/replace_rows.h"
#include "backup/user_rows.h"
#include "backup/user_rows_plan.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "migrate/up.h"

static void tell_kind(const struct user_kind *kind)
{
	AUTO(memory) char *left_out =
		kind->left_out ? text_format(", %lld left out, as what they refer to is not there",
					     (long long)kind->left_out)
			       : text_copy("");
	if (kind->added || kind->there || kind->left_out)
		log_note("%s: %lld to add, %lld already there%s", kind->noun, (long long)kind->added,
			 (long long)kind->there, left_out);
}

static void tell(struct restoring *restoring, const struct user_rows *rows)
{
	if (rows->is_new)
		log_note("the account %s is not there, and comes back with the role %s, its password and its groups",
			 rows->id, rows->role);
	for (size_t i = 0; i < rows->count; i++) {
		tell_kind(&rows->kinds[i]);
		restoring->rows += (uint64_t)rows->kinds[i].added;
		restoring->there += rows->kinds[i].there;
	}
}

static fallible add_files(struct restoring *restoring, struct db *db, const struct user_rows *rows)
{
	AUTO(strings) struct strings names = {0};
	if (restoring->arguments->database_only)
		return NULL;
	TRY(user_rows_files(db, rows, &names));
	named_files_keep(&names, &restoring->manifest.files);
	restoring->record.files = 0; /* what is told in a dry run */
	for (size_t i = 0; i < restoring->manifest.files.count; i++)
		restoring->record.files += !restoring->manifest.files.items[i].missing;
	return restoring_files(restoring);
}

static fallible stage(struct restoring *restoring, struct db *db, struct user_rows *rows)
{
	const struct database_copy *copy = manifest_database(&restoring->manifest, "main");
	const struct rows_target target = {.db = db,
					   .repository = &restoring->repository,
					   .identities = &restoring->identities,
					   .aside = &restoring->aside};
	if (!copy)
		return error_new(ERR_INPUT, "the snapshot has no database");
	TRY(same_revision_check(db, &restoring->manifest));
	struct error *error = user_rows_stage(&target, copy, restoring->arguments->user, rows);
	restoring_tell_set_aside(&restoring->aside);
	return error;
}

static fallible add(struct restoring *restoring, struct db *db)
{
	AUTO(user_rows) struct user_rows rows = {0};
	TRY(stage(restoring, db, &rows));
	tell(restoring, &rows);
	TRY(add_files(restoring, db, &rows));
	if (restoring_is_dry(restoring))
		return NULL;
	log_note("changing %s", db_display(db));
	if (!restoring->arguments->database_only && user_plan_has(&rows, "file"))
		TRY(restoring_move_paths(restoring, db, USER_PLAN_PREFIX "file"));
	TRY(user_rows_add(db, &rows));
	return restoring_commit(restoring, db);
}

/* In one transaction that is rolled back where nothing is to be changed: temporary tables need one that may write. */
fallible restoring_user(struct restoring *restoring)
{
	const struct db_options how = {.large_values = true,
				       .connect_timeout_s = restoring->context->globals.timeout};
	struct installation installation = {0};
	AUTO(db) struct db *db = NULL;
	TRY(db_open(&restoring->target, &how, &db));
	installation.db = db;
	restoring->display = text_copy(db_display(db));
	TRY(migration_hold(&installation, 0));
	TRY(db_begin(db, DB_WRITE));
	TRY(installation_lock(&installation));
	return add(restoring, db);
}
