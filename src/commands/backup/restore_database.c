#include <errno.h>
#include <unistd.h>

#include "backup/file_paths.h"
#include "backup/replace.h"
#include "backup/replace_rows.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "commands/snapshot.h"
#include "openwebui/blobs.h"

fallible restoring_commit(struct restoring *restoring, struct db *db)
{
	struct error *error = db_commit(db);
	restoring->unknown = error && db_commit_unknown(db);
	return error;
}

fallible restoring_check_empty(struct db *db)
{
	AUTO(strings) struct strings tables = {0};
	TRY(db_tables(db, &tables));
	if (!tables.count)
		return NULL;
	return error_hint(error_new(ERR_NO, "%s has tables already, as %s; nothing was changed", db_display(db),
				    tables.items[0]),
			  "restore into a database that is empty or not there yet, or use --replace");
}

/* The files are in another place now than the one that the rows have in their paths. */
fallible restoring_move_paths(struct restoring *restoring, struct db *db, const char *table)
{
	AUTO(strings) struct strings now = {0};
	int64_t moved;
	const json_t *before = json_object_get(restoring->manifest.settings, SNAPSHOT_UPLOADS);
	TRY(blobs_uploads_paths(restoring->context->settings, restoring->file, &now));
	TRY(file_paths_move(db, table, before, now.items[0], &moved));
	if (moved)
		log_note("the path%s of %lld file%s with %s now", moved == 1 ? "" : "s", (long long)moved,
			 moved == 1 ? " begins" : "s begin", now.items[0]);
	return NULL;
}

bool restoring_has_paths(const struct restoring *restoring, const struct database_copy *copy)
{
	return !restoring->arguments->database_only && tables_find(&copy->tables, "file");
}

/* The first ones by name. */
void restoring_tell_set_aside(const struct set_aside *aside)
{
	for (size_t i = 0; i < aside->named.count; i++)
		log_warning("%s", aside->named.items[i]);
	if (aside->rows > aside->named.count)
		log_warning("and %llu more", (unsigned long long)(aside->rows - aside->named.count));
}

static fallible load_rows(struct restoring *restoring, struct db *db, const struct database_copy *copy)
{
	const struct rows_target target = {.db = db,
					   .repository = &restoring->repository,
					   .identities = &restoring->identities,
					   .progress = restoring_progress(restoring),
					   .aside = &restoring->aside};
	struct error *error = restoring->tables.count
				      ? replace_rows(&target, copy)
				      : database_restore(&target, &restoring->manifest, copy, &restoring->left_out);
	restoring_tell_set_aside(&restoring->aside);
	return error;
}

/* Looks again, now that nobody else is at it. */
fallible restoring_make_room(const struct restoring *restoring, struct db *db, const struct database_copy *copy)
{
	AUTO(strings) struct strings gone = {0};
	if (!restoring->replacing)
		return restoring_check_empty(db);
	if (restoring->tables.count)
		return replace_rows_check(db, &restoring->manifest, copy, &gone);
	TRY(replace_plan(db, &restoring->manifest, copy, &gone));
	return replace_drop(db, &gone);
}

static fallible load(struct restoring *restoring, struct db *db)
{
	const struct database_copy *copy = manifest_database(&restoring->manifest, "main");
	size_t jobs;
	if (!copy)
		return error_new(ERR_INPUT, "the snapshot has no database");
	if (restoring->replacing)
		TRY(backup_take_database(db));
	TRY(restoring_jobs(restoring, db, copy, &jobs));
	if (jobs > 1)
		return restoring_load_beside(restoring, db, copy, jobs);
	TRY(db_begin(db, restoring->context->globals.dry_run ? DB_READ : DB_WRITE));
	if (restoring->context->globals.dry_run)
		return restoring->replacing ? NULL : restoring_check_empty(db);
	log_note("changing %s", db_display(db));
	TRY(restoring_make_room(restoring, db, copy));
	TRY(load_rows(restoring, db, copy));
	if (restoring_has_paths(restoring, copy))
		TRY(restoring_move_paths(restoring, db, "file"));
	struct error *error = restoring_commit(restoring, db);
	restoring->aside.keep = !error || restoring->unknown;
	return error;
}

fallible restoring_connect(const struct restoring *restoring, const struct db_target *target, struct db **db)
{
	const struct db_options how = {.create = true,
				       .large_values = true,
				       .may_be_empty = true,
				       .connect_timeout_s = restoring->context->globals.timeout};
	return db_open(target, &how, db);
}

static fallible open_and_load(struct restoring *restoring, const struct db_target *target)
{
	struct db *db;
	TRY(restoring_connect(restoring, target, &db));
	free(restoring->display);
	restoring->display = text_copy(db_display(db));
	struct error *error = load(restoring, db);
	db_close(db);
	return error;
}

/* Under another name until it is whole: whoever looks, and whatever is cut off, finds no database or all of it. */
static fallible make_file(struct restoring *restoring)
{
	AUTO(memory) char *path = restoring->target.path, *folder = file_folder(path);
	restoring_sweep(path);
	restoring->target.path = restoring_beside(path);
	struct error *error = open_and_load(restoring, &restoring->target);
	if (!error && link(restoring->target.path, path))
		error = error_system(errno, "cannot make %s", path);
	unlink(restoring->target.path);
	if (error)
		return error;
	error = folder_sync(folder);
	if (error)
		unlink(path);
	return error;
}

/* A new folder may be named, as for files, which make theirs. *made: it is new, or would be. */
static fallible make_folder(const struct restoring *restoring, bool *made)
{
	const char *path = restoring->target.path;
	AUTO(memory) char *folder = path ? file_folder(path) : NULL;
	*made = folder && !file_exists(folder);
	if (!*made)
		return NULL;
	log_note("%s the folder %s", restoring->context->globals.dry_run ? "would make" : "making", folder);
	return restoring->context->globals.dry_run ? NULL : folder_make(folder);
}

fallible restoring_database(struct restoring *restoring)
{
	const struct database_copy *copy = manifest_database(&restoring->manifest, "main");
	bool new_file;
	TRY(make_folder(restoring, &new_file));
	if (!new_file || !restoring->context->globals.dry_run)
		TRY(db_would_create(&restoring->target, &new_file));
	restoring->replacing = restoring->arguments->replace && !new_file;
	if (new_file && restoring->context->globals.dry_run)
		restoring->display = text_copy(restoring->target.display);
	else
		TRY(new_file ? make_file(restoring) : open_and_load(restoring, &restoring->target));
	for (size_t i = 0; copy && i < copy->tables.count; i++)
		if (!strings_have(&restoring->left_out, copy->tables.items[i].name))
			restoring->rows += copy->tables.items[i].rows;
	restoring->rows -= restoring->aside.rows;
	return NULL;
}
