#include "backup/compressor.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/creating.h"
#include "commands/backup/hooks.h"
#include "commands/snapshot.h"
#include "openwebui/secret_keys.h"

struct arguments {
	const char *repository, *recipients_file, *label, *metrics;
	struct strings recipients, tags;
	bool database_only, read_all, include_secrets;
	int64_t compression, hook_limit;
	const char *before, *after;
};

static const struct option options[] = {
	REPOSITORY_OPTION(struct arguments),
	RECIPIENT_OPTIONS(struct arguments),
	{.name = "label",
	 OPTION_TEXT(struct arguments, label),
	 .value_name = "NAME",
	 .help = "what to call the installation in lists; the name of its profile, or `default`"},
	{.name = "tag",
	 OPTION_TEXTS(struct arguments, tags),
	 .value_name = "TAG",
	 .help = "a word to find it by later"},
	{.name = "database-only",
	 OPTION_FLAG(struct arguments, database_only),
	 .help = "leave out uploaded files and vectors"},
	{.name = "read-all",
	 OPTION_FLAG(struct arguments, read_all),
	 .help = "read also rows and files that are known to be as they were in the last snapshot; to be done once "
		 "after the machine of a PostgreSQL server was set back together with its memory"},
	{.name = "include-secrets",
	 OPTION_FLAG(struct arguments, include_secrets),
	 .help = "also store WEBUI_SECRET_KEY and the keys that take its place, which only secret keys open"},
	{.name = "compression",
	 OPTION_INTEGER(struct arguments, compression),
	 .value_name = "LEVEL",
	 .fallback = "0",
	 .help = "of zstd, from 1 to 19; 0 is 3, and for a SQLite database 1"},
	{.name = "before",
	 OPTION_TEXT(struct arguments, before),
	 .value_name = "COMMAND",
	 .help = "a line for /bin/sh to run first; if it fails, nothing is backed up"},
	{.name = "after",
	 OPTION_TEXT(struct arguments, after),
	 .value_name = "COMMAND",
	 .help = "a line for /bin/sh to run at the end, whatever came of the backup"},
	{.name = "hook-limit",
	 OPTION_DURATION(struct arguments, hook_limit),
	 .value_name = "TIME",
	 .fallback = "10m",
	 .smallest = 1,
	 .help = "how long each of these may take"},
	METRICS_OPTION(struct arguments),
	{0},
};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .nullable = true, .help = "its id; null in a dry run"},
	{"database", COLUMN_TEXT, .help = "what it was made of"},
	{"vectors_database", COLUMN_TEXT, .nullable = true,
	 .help = "the database of the vectors that is in it as well; null where they have none of their own"},
	{"repository", COLUMN_TEXT, .help = "where it is kept"},
	{"rows", COLUMN_INTEGER, .nullable = true, .help = "how many rows it has"},
	{"files", COLUMN_INTEGER, .nullable = true, .help = "how many files it has"},
	{"bytes", COLUMN_INTEGER, .nullable = true, .help = "bytes of rows and files, before compression"},
	{"added", COLUMN_INTEGER, .nullable = true,
	 .help = "bytes that the repository grew by: of what was not in it yet, compressed"},
	{"missing", COLUMN_TEXTS,
	 .help = "files that the database names and that are not there, and any that can't be read"},
	{"outcome", COLUMN_TEXT,
	 .help = "`created`; `incomplete` where files were missing; `would create` in a dry run"},
	{0},
};

static const char *label_of(const struct arguments *arguments, const struct settings *settings)
{
	return arguments->label ? arguments->label : repository_label(settings);
}

static fallible create(struct context *context, const struct snapshot_request *request, struct made *made)
{
	struct record *record = &made->record;
	AUTO(strings) struct strings missing = {0};
	if (context->globals.dry_run)
		return made_print(context, request, NULL, &missing);
	struct error *error = snapshot_create(request, record, &missing);
	progress_end();
	TRY(error);
	context->change = CHANGE_MADE;
	made_measure(made, request);
	made_summarize(context, request, record);
	AUTO(memory) char *where = installation_describe(request->installation);
	AUTO(json) json_t *details = json_pack("{s:s,s:s,s:I}", "snapshot", record->snapshot, "repository",
					       store_display(request->repository->store), "missing",
					       (json_int_t)record->missing);
	audit_record(context, where, details);
	TRY(made_print(context, request, record, &missing));
	if (record->complete)
		return NULL;
	return error_hint(error_new(ERR_NO, "%llu file%s not there, or can't be read",
				    (unsigned long long)record->missing, record->missing == 1 ? " is" : "s are"),
			  "the snapshot %s has all else; `missing` names them", record->snapshot);
}

static fallible back_up(struct context *context, const struct arguments *arguments, struct made *made)
{
	AUTO(repository) struct repository repository = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	AUTO(sources) struct sources sources = {0};
	AUTO(installation) struct installation installation = {0};
	AUTO(json) json_t *settings = NULL;
	AUTO(secret) char *secrets = NULL;
	if (arguments->compression < 0 || arguments->compression > COMPRESSION_MOST)
		return error_new(ERR_USAGE, "--compression is a level up to %d", COMPRESSION_MOST);
	TRY(audit_prepare(context));
	TRY(command_recipients(context, &arguments->recipients, arguments->recipients_file, false, &recipients));
	if (arguments->include_secrets)
		TRY(secret_keys_text(context->settings, &secrets));
	TRY(command_repository(context, arguments->repository, &repository));
	TRY(command_open_as(context, command_snapshot_access, &installation));
	if (!arguments->database_only)
		TRY(sources_open(context, arguments->repository, &installation, &sources));
	TRY(command_snapshot_settings(context->settings, installation.file, !arguments->database_only, &settings));
	const struct rows_source vectors = {
		.db = sources.vectors_database, .more = command_open_vectors, .state = context};
	const struct rows_source rows = {.db = installation.db, .more = command_open_another, .state = context};
	struct progress progress;
	progress_start_bytes(&progress, "backing up", 0, backup_is_watched(context));
	return create(context, &(struct snapshot_request){.repository = &repository,
							  .progress = &progress,
							  .recipients = &recipients,
							  .installation = &installation,
							  .databases = {[DATABASE_MAIN] = rows,
									[DATABASE_VECTORS] = vectors},
							  .uploads = sources.uploads,
							  .vectors = sources.vectors,
							  .vectors_folder = sources.vectors_folder,
							  .read_all = arguments->read_all,
							  .compression = (int)arguments->compression,
							  .label = label_of(arguments, context->settings),
							  .tags = &arguments->tags,
							  .settings = settings,
							  .secrets = secrets},
		      made);
}

static fallible back_up_after_hook(struct context *context, const struct arguments *arguments,
				   const struct hooks *hooks, struct made *made)
{
	TRY(hooks_before(hooks));
	return back_up(context, arguments, made);
}

static fallible back_up_measured(struct context *context, const struct arguments *arguments,
				 const struct hooks *hooks, struct made *made)
{
	if (arguments->metrics)
		TRY(metrics_check(arguments->metrics));
	if (arguments->metrics || telling_wanted(context->telling))
		metrics_label(&made->metrics, "label", hooks->label);
	struct error *error = back_up_after_hook(context, arguments, hooks, made);
	return command_tell_metrics(context, &made->metrics, arguments->metrics, error);
}

/* As it may be shown; where it is not known yet why, the backup says so. */
static char *location_of(struct context *context, const struct arguments *arguments)
{
	AUTO(store_target) struct store_target target = {0};
	const char *location = NULL;
	struct error *error = repository_location(context->settings, arguments->repository, &location);
	if (!error)
		error = store_target_parse(location, &target);
	error_ignore(error);
	return text_copy(target.display);
}

static fallible back_up_between(struct context *context, const struct arguments *arguments, struct made *made)
{
	AUTO(memory) char *location = location_of(context, arguments);
	const struct hooks hooks = {.before = arguments->before,
				    .after = arguments->after,
				    .limit = arguments->hook_limit,
				    .label = label_of(arguments, context->settings),
				    .repository = location};
	struct error *error = back_up_measured(context, arguments, &hooks, made);
	return error_first(error, hooks_after(&hooks, error, *made->record.snapshot ? &made->record : NULL));
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(made) struct made made = {0};
	metrics_begin(&made.metrics, "backup");
	return context->globals.dry_run ? back_up(context, arguments, &made)
					: back_up_between(context, arguments, &made);
}

const struct command backup_create_command = {
	.name = "create",
	.summary = "make a snapshot of an installation",
	.description =
		"Copies the database as it is at one moment, whatever is written meanwhile, then the uploaded files "
		"and the folder of vectors, into a repository. The server goes on; no rights are needed but those to "
		"read. Where VECTOR_DB is pgvector and PGVECTOR_DB_URL names another database, that one is copied as "
		"well, as it is a moment later; if it can't be reached, there is no snapshot.\n\n"
		"Everything is encrypted for the public keys given before it leaves this process; secret keys are not "
		"needed. A snapshot is there when all of it is in the store, or not at all. Files that the database "
		"names and that are not there, and those that can't be read, make it incomplete: they are named, and "
		"the exit status is 2.\n\n"
		"Of secret settings only a part of their hashes is stored, by which the right ones are known again. "
		"With --include-secrets the snapshot has WEBUI_SECRET_KEY, and OAUTH_SESSION_TOKEN_ENCRYPTION_KEY, "
		"OAUTH_CLIENT_INFO_ENCRYPTION_KEY and PGVECTOR_PGCRYPTO_KEY where they are set: without them nobody "
		"can read the sign-ins, tokens and texts of vectors that Open WebUI has encrypted. `owctl backup "
		"restore --secrets FILE` writes them. Who can open the snapshot can then also sign in as anybody.\n\n"
		"--before and --after run a line with /bin/sh, with owctl's own environment and OWCTL_RUN_ID, "
		"OWCTL_BACKUP_HOOK, OWCTL_BACKUP_LABEL and OWCTL_BACKUP_REPOSITORY in it; settings of files and "
		"profiles are not. What "
		"they print goes to standard error. If --before fails, nothing is backed up; the exit status is 1. "
		"--after runs whatever came of it, also after Ctrl-C and SIGTERM, behind --metrics, with "
		"OWCTL_BACKUP_RESULT (ok, incomplete, failed or interrupted), OWCTL_BACKUP_STATUS (the exit status so "
		"far), OWCTL_BACKUP_ERROR (the message) and, of a snapshot that was made, OWCTL_BACKUP_SNAPSHOT, "
		".._ROWS, .._FILES, .._MISSING, .._BYTES and .._ADDED. If it fails, that is told, and an exit status "
		"of 0 becomes 1. A dry run runs neither.\n\n"
		"--metrics writes how it went, also where it failed, as owctl_backup_..: success (1 only for a "
		"complete snapshot), the time of the last success, which FILE keeps, duration, bytes, rows and files, "
		"and the last drill that the repository knows of. Give each label a FILE of its own.",
	.options = options,
	.examples = (const struct example[]){{"owctl backup create -r /srv/backups --recipient age1..",
					      "a snapshot, now"},
					     {"owctl backup create -q", "for cron, with the settings in the "
									"environment"},
					     {"owctl backup create --after 'report backup $OWCTL_BACKUP_RESULT'",
					      "tells a monitor how it went"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
