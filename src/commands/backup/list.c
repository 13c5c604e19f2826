#include "commands/backup/backup.h"

struct arguments {
	const char *repository, *recipients_file;
	struct strings recipients;
};

static const struct option options[] = {REPOSITORY_OPTION(struct arguments), RECIPIENT_OPTIONS(struct arguments), {0}};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "its id"},
	{"time", COLUMN_TIME, .help = "when it saw the database"},
	{"label", COLUMN_TEXT, .help = "which installation it is of, as whoever made it calls that"},
	{"tags", COLUMN_TEXTS, .help = "its tags"},
	{"rows", COLUMN_INTEGER, .help = "how many rows it has"},
	{"files", COLUMN_INTEGER, .help = "how many files it has"},
	{"bytes", COLUMN_INTEGER, .help = "bytes of rows and files, before compression"},
	{"stored", COLUMN_INTEGER, .help = "bytes in the repository that it consists of"},
	{"complete", COLUMN_BOOLEAN, .help = "whether every file was there that its database names"},
	{"missing", COLUMN_INTEGER, .extra = true, .help = "how many were not"},
	{0},
};

static fallible print(struct output *output, const struct record *record)
{
	output_string(output, record->snapshot);
	output_time(output, record->time);
	output_string(output, record->label);
	output_texts(output, (const char *const *)record->tags.items, record->tags.count);
	output_integer(output, (int64_t)record->rows);
	output_integer(output, (int64_t)record->files);
	output_integer(output, (int64_t)record->bytes);
	output_integer(output, (int64_t)record_stored(record));
	output_boolean(output, record->complete);
	output_integer(output, (int64_t)record->missing);
	return output_row(output);
}

/* One that can't be read is no reason to hide the others; it is the exit status. */
static fallible list(const struct repository *repository, const unsigned char *key, struct output *output)
{
	AUTO(strings) struct strings snapshots = {0};
	struct error *worst = NULL;
	TRY(record_list(repository, &snapshots));
	for (size_t i = 0; i < snapshots.count; i++) {
		AUTO(record) struct record record = {0};
		struct error *error = record_read(repository, snapshots.items[i], key, &record);
		if (!error)
			error = print(output, &record);
		else if (error->code == ERR_INPUT && !worst) {
			worst = error;
			error = NULL;
		}
		if (error) {
			error_ignore(worst);
			return error;
		}
	}
	return worst;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(repository) struct repository repository = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	AUTO(output) struct output *output = NULL;
	unsigned char key[DIGEST_SIZE];
	TRY(command_recipients(context, &arguments->recipients, arguments->recipients_file, true, &recipients));
	TRY(command_repository(context, arguments->repository, &repository));
	repository_key(&repository, &recipients, key);
	TRY(context_output(context, &output));
	struct error *worst = list(&repository, recipients.count ? key : NULL, output);
	struct error *error = output_close(output);
	if (!worst)
		return error;
	error_ignore(error);
	return worst;
}

const struct command backup_list_command = {
	.name = "list",
	.summary = "list the snapshots of a repository",
	.description = "Lists all snapshots, oldest first. No secret key is needed. Where the public keys are known "
		       "(--recipient, OWCTL_RECIPIENTS) it is checked that whoever made a snapshot knew them too; "
		       "one that was changed is an error, after the list of the others. Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl backup list -r /srv/backups", "what there is"},
					     {"owctl backup list -o json", "the same, for a program"},
					     {0}},
	.exits = (const int[]){REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
