#include "base/json.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "commands/migrating.h"
#include "openwebui/database.h"

static const struct argument arguments_table[] = {
	SNAPSHOT_ARGUMENT(struct restore_arguments, ", which it is where it is not given"), {0}};

static const struct option options[] = {
	CHOICE_OPTIONS(struct restore_arguments),
	REPOSITORY_OPTION(struct restore_arguments),
	IDENTITY_OPTION(struct restore_arguments),
	{.name = "database-only",
	 OPTION_FLAG(struct restore_arguments, database_only),
	 .help = "leave out uploaded files and vectors"},
	{.name = "files-only", OPTION_FLAG(struct restore_arguments, files_only), .help = "leave out the database"},
	{.name = "replace",
	 OPTION_FLAG(struct restore_arguments, replace),
	 .help = "restore over the tables of a database that is not empty; uploads are added to those that are there"},
	{.name = "tables",
	 OPTION_TEXTS(struct restore_arguments, tables),
	 .value_name = "TABLE,..",
	 .help = "with --replace: replace the rows of these tables alone; no files"},
	{.name = "user",
	 OPTION_TEXT(struct restore_arguments, user),
	 .value_name = "EMAIL",
	 .complete = complete_user,
	 .help = "add what belongs to this person, and is missing; without --yes only tell what that is"},
	{.name = "migrate-to",
	 OPTION_TEXT(struct restore_arguments, migrate_to),
	 .value_name = "REVISION",
	 .help = "bring the restored database to this revision, or to that of this release, as `owctl migrate up` does",
	 .complete = complete_revision},
	{.name = "jobs",
	 .letter = 'j',
	 OPTION_INTEGER(struct restore_arguments, jobs),
	 .value_name = "N",
	 .help = "with how many connections PostgreSQL is loaded, 1 to 16; one a core, 4 at most, where there is much"},
	{.name = "secrets",
	 OPTION_TEXT(struct restore_arguments, secrets),
	 .value_name = "FILE",
	 .help = "write the secret keys that `backup create --include-secrets` stored into this new file",
	 .complete = complete_file},
	{.name = "set-aside",
	 OPTION_TEXT(struct restore_arguments, set_aside),
	 .value_name = "FILE",
	 .help = "put rows that PostgreSQL can't take into this new file, instead of restoring nothing",
	 .complete = complete_file},
	{0},
};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "the snapshot"},
	{"database", COLUMN_TEXT, .nullable = true, .help = "the database that has it now"},
	{"vectors_database", COLUMN_TEXT, .nullable = true,
	 .help = "the database that has the vectors now, if that is another one and they came back"},
	{"revision", COLUMN_TEXT, .nullable = true, .help = "the revision that the database is at then"},
	{"rows", COLUMN_INTEGER, .help = "how many rows were loaded; with --user also: would be"},
	{"there", COLUMN_INTEGER, .help = "how many rows of --user are there already, and stay as they are"},
	{"files", COLUMN_INTEGER, .help = "how many files were written"},
	{"left_out", COLUMN_TEXTS, .help = "tables that are not Open WebUI's, and can't be on another engine"},
	{"set_aside", COLUMN_INTEGER, .help = "how many rows are in the file of --set-aside instead"},
	{"outcome", COLUMN_TEXT, .help = "`restored` or `would restore`"},
	{0},
};

void restoring_cleanup(struct restoring *restoring)
{
	manifest_cleanup(&restoring->manifest);
	record_cleanup(&restoring->record);
	age_identities_cleanup(&restoring->identities);
	repository_cleanup(&restoring->repository);
	db_target_cleanup(&restoring->target);
	strings_cleanup(&restoring->tables);
	strings_cleanup(&restoring->left_out);
	set_aside_cleanup(&restoring->aside);
	temp_folder_cleanup(&restoring->vectors);
	free(restoring->vectors_folder);
	db_close(restoring->vectors_database);
	free(restoring->vectors_display);
	free(restoring->display);
}

bool restoring_is_dry(const struct restoring *restoring)
{
	const struct globals *globals = &restoring->context->globals;
	return globals->dry_run || (restoring->arguments->user && !globals->yes);
}

static const char *revision_after(const struct restoring *restoring)
{
	if (restoring->arguments->files_only)
		return NULL;
	return restoring->migrate_to ? restoring->migrate_to->id : restoring->manifest.revision;
}

static fallible print(const struct restoring *restoring)
{
	AUTO(output) struct output *output = NULL;
	bool news = restoring_is_dry(restoring) || restoring->left_out.count || restoring->aside.rows;
	if (context_is_silent(restoring->context) && !news)
		return NULL;
	TRY(context_output(restoring->context, &output));
	output_string(output, restoring->record.snapshot);
	output_string(output, restoring->display);
	output_string(output, restoring->vectors_display);
	output_string(output, revision_after(restoring));
	output_integer(output, (int64_t)restoring->rows);
	output_integer(output, restoring->there);
	output_integer(output, (int64_t)restoring->files);
	output_texts(output, (const char *const *)restoring->left_out.items, restoring->left_out.count);
	output_integer(output, (int64_t)restoring->aside.rows);
	output_string(output, restoring_is_dry(restoring) ? "would restore" : "restored");
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

static void name_table(json_t *details, const char *table)
{
	json_t *tables = json_object_get(details, "tables");
	if (!tables)
		json_object_set_new(details, "tables", tables = json_array());
	json_array_append_new(tables, json_string(table));
}

static void record(struct restoring *restoring)
{
	AUTO(json) json_t *details =
		json_pack("{s:s,s:s,s:I,s:I,s:I}", "snapshot", restoring->record.snapshot, "repository",
			  store_display(restoring->repository.store), "rows", (json_int_t)restoring->rows, "files",
			  (json_int_t)restoring->files, "set_aside", (json_int_t)restoring->aside.rows);
	if (restoring->vectors_display)
		json_object_set_new(details, "vectors_database", json_string(restoring->vectors_display));
	if (restoring->arguments->user)
		json_object_set_new(details, "user", audit_text(restoring->arguments->user));
	for (size_t i = 0; i < restoring->tables.count; i++)
		name_table(details, restoring->tables.items[i]);
	restoring->context->change = restoring->unknown ? CHANGE_UNKNOWN : CHANGE_MADE;
	audit_record(restoring->context, restoring->display, details);
}

/* What comes when the rows are there leaves them there, also where it fails. */
static fallible recorded(struct restoring *restoring, struct error *error)
{
	if (error)
		record(restoring);
	return error;
}

/* A signal too: that nothing was changed is true of the database alone. */
#define FILES_STAY "files that were written stay, and are taken as they are when this is done again"

static fallible restore_databases(struct restoring *restoring)
{
	TRY(restoring_load_vectors(restoring));
	TRY(restoring_database(restoring));
	return recorded(restoring, restoring_commit_vectors(restoring));
}

/* Files first: a database that is there has what it names. */
static fallible restore_parts(struct restoring *restoring)
{
	bool files = !restoring->arguments->database_only && !restoring->tables.count;
	if (files)
		TRY(error_hint(restoring_files(restoring), FILES_STAY));
	if (restoring->arguments->files_only)
		return NULL;
	struct error *error = restore_databases(restoring);
	TRY(files ? error_hint(error, FILES_STAY) : error);
	return recorded(restoring, restoring_switch_vectors(restoring));
}

static fallible ask_to_replace(struct restoring *restoring)
{
	const struct manifest *manifest = &restoring->manifest;
	if (restoring->tables.count)
		return backup_ask_to_replace_rows(restoring->context, &restoring->target, manifest);
	if (!restoring->arguments->replace)
		return NULL;
	TRY(backup_ask_to_replace(restoring->context, &restoring->target, manifest,
				  manifest_database(manifest, "main")));
	return restoring_ask_for_vectors(restoring);
}

static fallible restore_files_and_rows(struct restoring *restoring)
{
	struct context *context = restoring->context;
	TRY(ask_to_replace(restoring));
	if (context->globals.dry_run)
		return restore_parts(restoring);
	restoring_begin_progress(restoring);
	struct error *error = restore_parts(restoring);
	restoring_end_progress(restoring, !error);
	return error;
}

/* The rows are there by then, and stay. */
static fallible migrate(const struct restoring *restoring)
{
	if (!restoring->migrate_to)
		return NULL;
	return error_wrap(command_migrate(restoring->context, restoring->migrate_to),
			  "the snapshot is restored, at its revision %s; bringing it to %s",
			  restoring->manifest.revision, restoring->migrate_to->id);
}

static fallible restore(struct restoring *restoring)
{
	struct context *context = restoring->context;
	TRY(database_target(context->settings, &restoring->target));
	TRY(restoring_check_place(restoring));
	TRY(restoring_choose_vectors(restoring));
	AUTO(memory) char *file = text_copy(restoring->target.path);
	restoring->file = file;
	struct error *error = restoring->arguments->user ? restoring_user(restoring)
							 : restore_files_and_rows(restoring);
	TRY(restoring->unknown ? recorded(restoring, error) : error);
	if (!restoring_is_dry(restoring)) {
		record(restoring);
		TRY(migrate(restoring));
	} else if (restoring->arguments->user) {
		context_done(context, "nothing was done%s", context->globals.yes ? "" : ", say --yes to have it done");
	}
	TRY(print(restoring));
	if (!restoring_is_dry(restoring)) {
		TRY(restoring_secrets(restoring));
		TRY(restoring_tell_what_is_left(restoring));
	}
	return check_whole(restoring);
}

static fallible read_manifest(struct restoring *restoring)
{
	struct error *error = manifest_read(&restoring->repository, &restoring->record, &restoring->identities,
					    &restoring->manifest);
	if (!error || error->code != ERR_INPUT)
		return error;
	return error_hint_also(error, "name another snapshot: `owctl backup list --recipient age1..` shows those that "
				      "were made by who knew the public keys, `owctl backup verify` which are whole");
}

static fallible run(struct context *context, const void *values)
{
	const struct restore_arguments *arguments = values;
	AUTO(restoring) struct restoring restoring = {
		.context = context, .arguments = arguments, .aside = {.path = arguments->set_aside}};
	TRY(restore_check_arguments(arguments));
	TRY(audit_prepare(context));
	TRY(command_identities(context, arguments->identity, false, &restoring.identities));
	TRY(command_repository(context, arguments->repository, &restoring.repository));
	TRY(backup_find(&restoring.repository, &arguments->choice, NULL, &restoring.record));
	TRY(restoring_check_label(&restoring));
	TRY(read_manifest(&restoring));
	TRY(restoring_check_secrets(&restoring));
	TRY(restoring_choose_tables(&restoring));
	TRY(restoring_choose_revision(&restoring));
	return restore(&restoring);
}

const struct command backup_restore_command = {
	.name = "restore",
	.summary = "bring an installation back from a snapshot",
	.description =
		"Writes the files of a snapshot to where the settings say that uploads and vectors are, and loads its "
		"database into the one that the settings name, which must be empty or not there yet. All rows are read "
		"back and compared before the database is there. What was cut off leaves no database; files that were "
		"written stay, and are taken as they are by the next run. In the end it tells what is left to do: "
		"whether the secret key is the one that the installation had, whether vectors have to be made anew."
		"\n\n"
		"A snapshot that has a database of vectors besides (PGVECTOR_DB_URL) is restored into both, if the "
		"settings have VECTOR_DB=pgvector and a PGVECTOR_DB_URL, whose database must be there and empty as "
		"well; the extension vector is made if the role may do that. It is committed last. Where the settings "
		"have the vectors elsewhere, they are not restored, and that is told.\n\n"
		"With --replace the database need not be empty: Open WebUI's tables in it, and on the snapshot's "
		"engine all others that the snapshot has, are dropped, and loaded or moved in, in one transaction, "
		"so that whatever happens leaves the old rows or the new ones. Tables of your own stay. Views, and on "
		"PostgreSQL foreign keys of such tables to those of Open WebUI, have to be dropped before; servers "
		"have to be stopped. Asks on a terminal; needs --yes elsewhere. Where the newest snapshot is of "
		"another label than this installation's (its profile, or `default`), it has to be named, by id or "
		"--label. Uploads are not replaced: one that is "
		"there with another content stops the restore before the database is touched. The folder of vectors "
		"is, as a whole, once the rows are there; the old one stays beside it as vector_db.before-TIME.\n\n"
		"A PostgreSQL database of 64 MB or more is loaded by several connections (--jobs) into a schema of its "
		"own, owctl_restore_.., whose tables are moved to where they belong by one transaction when they are "
		"read back and have their keys. A run that is killed leaves that schema; the next one drops it, and "
		"says so. Where the role may not make a schema in the database, where rights are granted to whatever "
		"is made in the schema in use (ALTER DEFAULT PRIVILEGES), behind a pooler that lends connections for "
		"a transaction, and from SQLite it is one connection and one transaction instead.\n\n"
		"With --replace --tables A,B the rows of these tables are replaced by the snapshot's, in one "
		"transaction, and nothing else: no other table, no file. The tables themselves stay, with indexes, "
		"triggers and columns of your own. The database has to be at the snapshot's revision. Where "
		"foreign keys would lead nowhere that did not before, nothing is changed and they are named: "
		"restore the tables on both sides together, as chat,chat_message. What refers to rows "
		"without a foreign key (access_grant, auth for user) is not looked at.\n\n"
		"With --user EMAIL what belongs to that person is added to an installation of the snapshot's "
		"revision, in one transaction, and its server may go on: chats, folders, files, notes, prompts, "
		"models, knowledge and so on, as far as they are missing. What is there stays as it is, and is "
		"counted; what hangs on it (messages of a chat, versions of a prompt) is not added to it. An account "
		"that is not there comes back with its password, role and groups; one that is there keeps its own. "
		"API keys, sessions, grants, functions, groups and channels are not restored, nor are vectors, which "
		"the server makes anew. Without --yes it is only told what there is to add. Refused where the id, or "
		"the address, is another account's by now. SQLite is locked for writing meanwhile.\n\n"
		"With --secrets the keys that `owctl backup create --include-secrets` stored are written into a new "
		"file of NAME=VALUE lines, for its owner alone, as Docker, Compose and owctl's --env-file take it. "
		"Where WEBUI_SECRET_KEY is set and is not the one of the snapshot, that is told.\n\n"
		"With --migrate-to the restored database is then brought to a later revision, as by `owctl migrate "
		"up`, so that a newer release starts on it. Where that is stopped, what was restored stays, and "
		"`owctl migrate up` goes on from there.\n\n"
		"SQLite keeps what PostgreSQL does not take: a NUL in a text, what is no JSON, numbers out of range, "
		"rows whose foreign keys lead nowhere. Ten such rows are named, and nothing is loaded into PostgreSQL; "
		"with --set-aside FILE all other rows are, and these are in the file, as `psql -f` loads them when "
		"they have been mended. PostgreSQL says what is wrong with a row. The exit status is 2 then.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){
			{"owctl backup restore -i key.txt --data-dir /srv/open-webui", "the newest snapshot into a new "
										       "folder"},
			{"owctl backup restore --as-of 2d --label production", "the newest of two days ago"},
			{"owctl backup restore --replace --tables prompt,prompt_history",
			 "the rows of these tables as they were"},
			{"owctl backup restore --migrate-to 0.12.4", "the newest, brought up for a newer release"},
			{"owctl backup restore --user ann@example.com",
			 "shows what of Ann's is missing; --yes adds it"},
			{0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct restore_arguments),
	.run = run,
};
