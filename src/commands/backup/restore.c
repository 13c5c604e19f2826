#include "backup/restore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backup/file_paths.h"
#include "backup/load_files.h"
#include "backup/replace.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "commands/backup/backup.h"
#include "commands/snapshot.h"
#include "openwebui/blobs.h"
#include "openwebui/database.h"

struct arguments {
	const char *snapshot, *repository, *identity, *set_aside;
	bool database_only, files_only, replace;
};

static const struct argument arguments_table[] = {
	SNAPSHOT_ARGUMENT(struct arguments, ", which it is where it is not given"), {0}};

static const struct option options[] = {
	REPOSITORY_OPTION(struct arguments),
	IDENTITY_OPTION(struct arguments),
	{.name = "database-only",
	 OPTION_FLAG(struct arguments, database_only),
	 .help = "leave out uploaded files and vectors"},
	{.name = "files-only", OPTION_FLAG(struct arguments, files_only), .help = "leave out the database"},
	{.name = "replace",
	 OPTION_FLAG(struct arguments, replace),
	 .help = "restore over the tables of a database that is not empty; files are added to those that are there"},
	{.name = "set-aside",
	 OPTION_TEXT(struct arguments, set_aside),
	 .value_name = "FILE",
	 .help = "put rows that PostgreSQL can't take into this new file, instead of restoring nothing",
	 .complete = complete_file},
	{0},
};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "the snapshot"},
	{"database", COLUMN_TEXT, .nullable = true, .help = "the database that has it now"},
	{"rows", COLUMN_INTEGER, .help = "how many rows were loaded"},
	{"files", COLUMN_INTEGER, .help = "how many files were written"},
	{"left_out", COLUMN_TEXTS, .help = "tables that are not Open WebUI's, and can't be on another engine"},
	{"set_aside", COLUMN_INTEGER, .help = "how many rows are in the file of --set-aside instead"},
	{"outcome", COLUMN_TEXT, .help = "`restored` or `would restore`"},
	{0},
};

struct restoring {
	struct context *context;
	const struct arguments *arguments;
	struct repository repository;
	struct age_identities identities;
	struct record record;
	struct manifest manifest;
	struct db_target target;
	char *display; /* of the database */
	bool replacing; /* a database that is there */
	const char *file; /* SQLite's, as it is named when all is done; else NULL */
	struct set_aside aside;
	struct strings left_out; /* tables that the other engine does not have */
	uint64_t rows, files;
};

static void restoring_cleanup(struct restoring *restoring)
{
	manifest_cleanup(&restoring->manifest);
	record_cleanup(&restoring->record);
	age_identities_cleanup(&restoring->identities);
	repository_cleanup(&restoring->repository);
	db_target_cleanup(&restoring->target);
	strings_cleanup(&restoring->left_out);
	set_aside_cleanup(&restoring->aside);
	free(restoring->display);
}

/* ---- the database ---- */

static fallible check_empty(struct db *db)
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
static fallible move_paths(struct restoring *restoring, struct db *db)
{
	AUTO(strings) struct strings now = {0};
	int64_t moved;
	const json_t *before = json_object_get(restoring->manifest.settings, SNAPSHOT_UPLOADS);
	TRY(blobs_uploads_paths(restoring->context->settings, restoring->file, &now));
	TRY(file_paths_move(db, before, now.items[0], &moved));
	if (moved)
		log_note("the paths of %lld files begin with %s now", (long long)moved, now.items[0]);
	return NULL;
}

/* The first ones by name. */
static void tell_set_aside(const struct set_aside *aside)
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
					   .aside = &restoring->aside};
	struct error *error = database_restore(&target, &restoring->manifest, copy, &restoring->left_out);
	tell_set_aside(&restoring->aside);
	return error;
}

static fallible clear(const struct restoring *restoring, struct db *db, const struct database_copy *copy)
{
	AUTO(strings) struct strings gone = {0};
	TRY(replace_plan(db, &restoring->manifest, copy, &gone));
	return replace_drop(db, &gone);
}

static fallible load(struct restoring *restoring, struct db *db)
{
	const struct database_copy *copy = manifest_database(&restoring->manifest, "main");
	if (!copy)
		return error_new(ERR_INPUT, "the snapshot has no database");
	if (restoring->replacing)
		TRY(backup_take_database(db));
	TRY(db_begin(db, restoring->context->globals.dry_run ? DB_READ : DB_WRITE));
	if (!restoring->replacing)
		TRY(check_empty(db));
	if (restoring->context->globals.dry_run)
		return NULL;
	log_note("changing %s", db_display(db));
	if (restoring->replacing)
		TRY(clear(restoring, db, copy));
	TRY(load_rows(restoring, db, copy));
	if (!restoring->arguments->database_only)
		TRY(move_paths(restoring, db));
	struct error *error = db_commit(db);
	restoring->aside.keep = !error || db_commit_unknown(db);
	return error;
}

static fallible open_and_load(struct restoring *restoring, const struct db_target *target)
{
	const struct db_options how = {.create = true,
					   .large_values = true,
					   .may_be_empty = true,
					   .connect_timeout_s = restoring->context->globals.timeout};
	struct db *db;
	TRY(db_open(target, &how, &db));
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
	unsigned char random[4];
	char ending[2 * sizeof random + 1];
	random_bytes(random, sizeof random);
	hex_text(random, sizeof random, ending);
	restoring->target.path = text_format("%s.restoring-%s", path, ending);
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

static fallible restore_database(struct restoring *restoring)
{
	const struct database_copy *copy = manifest_database(&restoring->manifest, "main");
	bool new_file;
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

/* ---- files ---- */

static bool has_files(const struct files *files, enum file_root root)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].root == root && !files->items[i].missing)
			return true;
	return false;
}

static fallible open_target(struct restoring *restoring, enum file_root root, const struct store_target *target,
			    struct store **store)
{
	const struct store_options how = {.connect_timeout_s = restoring->context->globals.timeout};
	return has_files(&restoring->manifest.files, root) ? store_make(target, &how, store) : NULL;
}

static fallible load_files(struct restoring *restoring, struct files_target *target)
{
	AUTO(store_target) struct store_target uploads = {0}, vectors = {0};
	struct settings *settings = restoring->context->settings;
	const char *file = restoring->file;
	target->repository = &restoring->repository;
	target->identities = &restoring->identities;
	TRY(blobs_uploads(settings, file, &uploads));
	TRY(blobs_vectors(settings, file, &vectors));
	TRY(open_target(restoring, FILES_UPLOADS, &uploads, &target->stores[FILES_UPLOADS]));
	TRY(open_target(restoring, FILES_VECTORS, &vectors, &target->stores[FILES_VECTORS]));
	return files_load(target, &restoring->manifest.files, &restoring->files);
}

static fallible restore_files(struct restoring *restoring)
{
	struct files_target target = {0};
	if (restoring->context->globals.dry_run) {
		restoring->files = restoring->record.files;
		return NULL;
	}
	struct error *error = load_files(restoring, &target);
	for (size_t i = 0; i < COUNT(target.stores); i++)
		store_close(target.stores[i]);
	return error;
}

/* ---- the command ---- */

static fallible print(const struct restoring *restoring)
{
	AUTO(output) struct output *output = NULL;
	bool news = restoring->context->globals.dry_run || restoring->left_out.count || restoring->aside.rows;
	if (backup_is_silent(restoring->context) && !news)
		return NULL;
	TRY(context_output(restoring->context, &output));
	output_string(output, restoring->record.snapshot);
	output_string(output, restoring->display);
	output_integer(output, (int64_t)restoring->rows);
	output_integer(output, (int64_t)restoring->files);
	output_texts(output, (const char *const *)restoring->left_out.items, restoring->left_out.count);
	output_integer(output, (int64_t)restoring->aside.rows);
	output_string(output, restoring->context->globals.dry_run ? "would restore" : "restored");
	TRY(output_row(output));
	return output_close(output);
}

/* Whether all of the snapshot is there now. */
static fallible check_whole(const struct restoring *restoring)
{
	const struct set_aside *aside = &restoring->aside;
	if (restoring->left_out.count)
		return error_hint(error_new(ERR_NO, "tables were left out, which are not Open WebUI's"),
				  "restore them on the engine that the snapshot was made of");
	if (aside->rows)
		return error_hint(error_new(ERR_NO, "%llu rows were set aside, in %s", (unsigned long long)aside->rows,
					    aside->path),
				  "mend them there, and load them: psql -f %s", aside->path);
	return NULL;
}

/* Files first: a database that is there has what it names. */
static fallible restore(struct restoring *restoring)
{
	struct context *context = restoring->context;
	TRY(database_target(context->settings, &restoring->target));
	AUTO(memory) char *file = text_copy(restoring->target.path);
	restoring->file = file;
	if (restoring->arguments->replace)
		TRY(backup_ask_to_replace(context, &restoring->target, &restoring->manifest));
	if (!restoring->arguments->database_only)
		TRY(restore_files(restoring));
	if (!restoring->arguments->files_only)
		TRY(restore_database(restoring));
	if (!context->globals.dry_run) {
		context->change = CHANGE_MADE;
		AUTO(json) json_t *details =
			json_pack("{s:s,s:s,s:I,s:I,s:I}", "snapshot", restoring->record.snapshot, "repository",
				  store_display(restoring->repository.store), "rows", (json_int_t)restoring->rows,
				  "files", (json_int_t)restoring->files, "set_aside",
				  (json_int_t)restoring->aside.rows);
		audit_record(context, restoring->display, details);
	}
	TRY(print(restoring));
	return check_whole(restoring);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(restoring) struct restoring restoring = {
		.context = context, .arguments = arguments, .aside = {.path = arguments->set_aside}};
	if (arguments->database_only && arguments->files_only)
		return error_hint(error_new(ERR_USAGE, "--database-only and --files-only leave nothing to restore"),
				  "give one of them, or neither");
	if (arguments->set_aside && file_exists(arguments->set_aside))
		return error_hint(error_new(ERR_INPUT, "%s is there already", arguments->set_aside), "name a new file");
	if (arguments->replace && arguments->files_only)
		return error_hint(error_new(ERR_USAGE, "--replace is for the database, which --files-only leaves out"),
				  "give one of them");
	TRY(audit_prepare(context));
	TRY(command_identities(context, arguments->identity, false, &restoring.identities));
	TRY(command_repository(context, arguments->repository, &restoring.repository));
	TRY(backup_find(&restoring.repository, arguments->snapshot, NULL, &restoring.record));
	TRY(manifest_read(&restoring.repository, &restoring.record, &restoring.identities, &restoring.manifest));
	return restore(&restoring);
}

const struct command backup_restore_command = {
	.name = "restore",
	.summary = "bring an installation back from a snapshot",
	.description =
		"Writes the files of a snapshot to where the settings say that uploads and vectors are, and loads its "
		"database into the one that the settings name, which must be empty or not there yet. All rows are read "
		"back and compared before the database is there. What was cut off leaves no database; files that were "
		"written stay, and are taken as they are by the next run.\n\n"
		"With --replace the database need not be empty: Open WebUI's tables in it, and on the snapshot's "
		"engine all others that the snapshot has, are dropped and loaded in one transaction, so that "
		"whatever happens leaves the old rows or the new ones. Tables of your own stay. Views, and on "
		"PostgreSQL foreign keys of such tables to those of Open WebUI, have to be dropped before; servers "
		"have to be stopped. Asks on a terminal; needs --yes elsewhere. Files are not replaced: one that is "
		"there with another content stops the restore before the database is touched.\n\n"
		"SQLite keeps what PostgreSQL does not take: a NUL in a text, what is no JSON, numbers out of range, "
		"rows whose foreign keys lead nowhere. Ten such rows are named, and nothing is loaded into PostgreSQL; "
		"with --set-aside FILE all other rows are, and these are in the file, as `psql -f` loads them when "
		"they have been mended. What is wrong with a row says PostgreSQL. The exit status is 2 then.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl backup restore -i key.txt --data-dir /srv/open-webui",
					      "the newest snapshot into a new folder"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
