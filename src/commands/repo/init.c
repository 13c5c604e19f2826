#include "base/json.h"
#include "commands/repo/repo.h"

struct arguments {
	const char *location;
};

static const struct argument arguments_table[] = {
	{.name = "LOCATION",
	 OPTION_TEXT(struct arguments, location),
	 .help = "a folder, s3://bucket/prefix, gs://bucket/prefix, azure://account/container/prefix or "
		 "sftp://user@host/folder; OWCTL_REPOSITORY where it is not given",
	 .complete = complete_folder},
	{0},
};

static const struct column columns[] = {
	{"repository", COLUMN_TEXT, .help = "where it is"},
	{"id", COLUMN_TEXT, .nullable = true, .help = "its id; null in a dry run"},
	{"outcome", COLUMN_TEXT, .help = "`created` or `would create`"},
	{0},
};

static fallible print(struct context *context, const char *where, const char *id)
{
	const char *cells[] = {where, id, id ? "created" : "would create"};
	return context_print_texts(context, NULL, cells, COUNT(cells));
}

static fallible make(struct context *context, const struct store_target *target)
{
	const struct store_options options = {.connect_timeout_s = context->globals.timeout};
	AUTO(repository) struct repository repository = {0};
	struct store *store;
	TRY(store_make(target, &options, &store));
	TRY(repository_make(store, &repository));
	context->change = CHANGE_MADE;
	AUTO(json) json_t *details = json_pack("{s:s}", "id", repository.id);
	audit_record(context, target->display, details);
	return print(context, target->display, repository.id);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(store_target) struct store_target target = {0};
	const char *location;
	TRY(error_hint(repository_location(context->settings, arguments->location, &location),
		       "say where it is to be: owctl repo init LOCATION, or set OWCTL_REPOSITORY"));
	TRY(store_target_parse(location, &target));
	TRY(repository_credentials(context->settings, &target));
	TRY(audit_prepare(context));
	return context->globals.dry_run ? print(context, target.display, NULL) : make(context, &target);
}

const struct command repo_init_command = {
	.name = "init",
	.summary = "make a repository for backups",
	.description = "Makes a repository in a folder, of this machine or of another one by SFTP, which is created "
		       "if need be, or under a prefix of a bucket or a container, which has to be there. Where other "
		       "objects are already, nothing is made.\n\n"
		       "The repository holds RESTORE.txt and restore.sh: how to bring everything back without owctl.",
	.arguments = arguments_table,
	.examples = (const struct example[]){{"owctl repo init /srv/backups", "a repository in a folder"},
					     {"owctl repo init 's3://backups/owui?endpoint=https://minio.example:9000'",
					      "in a bucket of one's own server"},
					     {"owctl repo init azure://account/backups/owui",
					      "in a container of Azure, with AZURE_STORAGE_KEY or an identity"},
					     {"owctl repo init sftp://backups@nas.example/srv/owui",
					      "in a folder of another machine, by OpenSSH's ssh"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
