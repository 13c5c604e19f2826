#include "backup/drills.h"
#include "commands/backup/backup.h"

struct arguments {
	const char *repository, *recipients_file;
	struct strings recipients;
};

static const struct option options[] = {REPOSITORY_OPTION(struct arguments), RECIPIENT_OPTIONS(struct arguments), {0}};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "its id"},
	{"time", COLUMN_TIME, .extra = true, .help = "when it saw the database; its id begins with that"},
	{"label", COLUMN_TEXT, .help = "which installation it is of, as whoever made it calls that"},
	{"tags", COLUMN_TEXTS, .help = "its tags"},
	{"rows", COLUMN_INTEGER, .help = "how many rows it has"},
	{"files", COLUMN_INTEGER, .help = "how many files it has"},
	{"bytes", COLUMN_INTEGER, .extra = true, .help = "bytes of rows and files, before compression"},
	{"stored", COLUMN_INTEGER, .help = "bytes in the repository that it consists of"},
	{"complete", COLUMN_BOOLEAN, .help = "whether every file was there that its database names"},
	{"missing", COLUMN_INTEGER, .extra = true, .help = "how many were not"},
	{"drilled", COLUMN_TIME, .nullable = true, .extra = true,
	 .help = "when `owctl backup drill` last restored it; null: never"},
	{"drill", COLUMN_TEXT, .nullable = true,
	 .help = "what came of its last `owctl backup drill`: `good` or `failed`"},
	{0},
};

struct listing {
	const struct repository *repository;
	const unsigned char *key, *drill_key; /* NULL: nobody knows the recipients */
	struct output *output;
	struct strings drills;
};
static void listing_cleanup(struct listing *listing)
{
	strings_cleanup(&listing->drills);
}

static fallible print_drill(const struct listing *listing, const char *snapshot)
{
	AUTO(drill) struct drill drill = {0};
	bool found;
	TRY(drill_find_last(listing->repository, &listing->drills, listing->drill_key,
			    &(struct drill_choice){.snapshot = snapshot}, &drill, &found));
	output_time_known(listing->output, found ? drill.time : 0);
	output_string(listing->output, found ? drill_outcome(&drill) : NULL);
	return NULL;
}

static fallible print(const struct listing *listing, const struct record *record)
{
	struct output *output = listing->output;
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
	TRY(print_drill(listing, record->snapshot));
	return output_row(output);
}

/* One that can't be read is no reason to hide the others; it is the exit status. */
static fallible list(const struct listing *listing)
{
	AUTO(strings) struct strings snapshots = {0};
	struct error *worst = NULL;
	TRY(record_list(listing->repository, &snapshots));
	for (size_t i = 0; i < snapshots.count; i++) {
		AUTO(record) struct record record = {0};
		struct error *error = record_read(listing->repository, snapshots.items[i], listing->key, &record);
		if (!error)
			error = print(listing, &record);
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
	AUTO(listing) struct listing listing = {.repository = &repository};
	unsigned char key[DIGEST_SIZE], of_drills[DIGEST_SIZE];
	TRY(command_recipients(context, &arguments->recipients, arguments->recipients_file, true, &recipients));
	TRY(command_repository(context, arguments->repository, &repository));
	repository_key(&repository, &recipients, key);
	drill_key(&repository, &recipients, of_drills);
	listing.key = recipients.count ? key : NULL;
	listing.drill_key = recipients.count ? of_drills : NULL;
	TRY(drill_list(&repository, &listing.drills));
	TRY(context_output(context, &output));
	listing.output = output;
	struct error *worst = list(&listing);
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
	.examples = (const struct example[]){{"owctl backup list -r /srv/backups", "which snapshots there are"},
					     {"owctl backup list -o json", "the same, for a program"},
					     {0}},
	.exits = (const int[]){REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
