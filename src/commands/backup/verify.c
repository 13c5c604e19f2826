#include "backup/verify.h"

#include "base/memory.h"
#include "commands/backup/backup.h"

struct arguments {
	const char *snapshot, *repository, *identity;
	bool read_data;
};

static const struct argument arguments_table[] = {
	SNAPSHOT_ARGUMENT(struct arguments, "; all of them where it is not given"), {0}};

static const struct option options[] = {
	REPOSITORY_OPTION(struct arguments),
	IDENTITY_OPTION(struct arguments),
	{.name = "read-data",
	 OPTION_FLAG(struct arguments, read_data),
	 .help = "read all bytes; with a secret key also what is in them"},
	{0},
};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "the snapshot that is damaged"},
	{"object", COLUMN_TEXT, .help = "where in the store"},
	{"fault", COLUMN_TEXT, .help = "what is wrong with it"},
	{0},
};

struct verifying {
	const struct arguments *arguments;
	const struct repository *repository;
	const struct age_identities *identities;
	struct context *context;
	struct output *output; /* with --quiet only once there is something to tell */
	struct objects objects;
	const char *snapshot;
};

static void verifying_cleanup(struct verifying *verifying)
{
	objects_cleanup(&verifying->objects);
	output_cleanup(&verifying->output);
}

static fallible tell(void *state, const char *object, const char *what)
{
	struct verifying *verifying = state;
	if (!verifying->output)
		TRY(context_output(verifying->context, &verifying->output));
	output_string(verifying->output, verifying->snapshot);
	output_string(verifying->output, object);
	output_string(verifying->output, what);
	return output_row(verifying->output);
}

static fallible verify(struct verifying *verifying, const struct record *record, struct verify_faults *faults)
{
	uint64_t before = faults->count;
	TRY(verify_sizes(&verifying->objects, record, faults));
	if (!verifying->arguments->read_data || faults->count > before)
		return NULL;
	TRY(verify_objects(verifying->repository, record, 1, faults));
	if (!verifying->identities->count || faults->count > before)
		return NULL;
	return verify_contents(verifying->repository, record, verifying->identities, faults);
}

static fallible verify_one(struct verifying *verifying, const char *snapshot, struct verify_faults *faults)
{
	AUTO(record) struct record record = {0};
	verifying->snapshot = snapshot;
	struct error *error = record_read(verifying->repository, snapshot, NULL, &record);
	if (!error)
		return verify(verifying, &record, faults);
	if (error->code != ERR_INPUT)
		return error;
	AUTO(memory) char *what = error_text(error);
	AUTO(memory) char *object = record_object(snapshot);
	error_free(error);
	faults->count++;
	return tell(verifying, object, what);
}

static fallible choose(const struct verifying *verifying, struct strings *snapshots)
{
	AUTO(record) struct record record = {0};
	if (!verifying->arguments->snapshot)
		return record_list(verifying->repository, snapshots);
	TRY(backup_find(verifying->repository, verifying->arguments->snapshot, NULL, &record));
	strings_add(snapshots, record.snapshot);
	return NULL;
}

static fallible verify_all(struct verifying *verifying, struct verify_faults *faults, size_t *count)
{
	AUTO(strings) struct strings snapshots = {0};
	TRY(choose(verifying, &snapshots));
	TRY(objects_list(verifying->repository, &verifying->objects));
	*count = snapshots.count;
	for (size_t i = 0; i < snapshots.count; i++)
		TRY(verify_one(verifying, snapshots.items[i], faults));
	return NULL;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(repository) struct repository repository = {0};
	AUTO(age_identities) struct age_identities identities = {0};
	AUTO(verifying) struct verifying verifying = {.context = context,
						      .arguments = arguments,
						      .repository = &repository,
						      .identities = &identities};
	struct verify_faults faults = {.tell = tell, .state = &verifying};
	size_t count;
	TRY(command_identities(context, arguments->identity, true, &identities));
	TRY(command_repository(context, arguments->repository, &repository));
	if (!backup_is_silent(context))
		TRY(context_output(context, &verifying.output));
	TRY(verify_all(&verifying, &faults, &count));
	if (verifying.output)
		TRY(output_close(verifying.output));
	context_done(context, "%zu snapshots were verified, %llu faults", count, (unsigned long long)faults.count);
	return faults.count ? error_hint(error_new(ERR_NO, "%s is damaged", store_display(repository.store)),
					 "make a new snapshot; what is listed can't be restored whole")
			    : NULL;
}

const struct command backup_verify_command = {
	.name = "verify",
	.summary = "look whether snapshots can be restored",
	.description =
		"Looks whether every object that a snapshot needs is there and as large as it was written. With "
		"--read-data all of them are read and their hashes compared; with a secret key as well (--identity) "
		"they are opened, and every row and file is held against the manifest: numbers, hashes and sums. "
		"Lists what is damaged; then the exit status is 2. Reads only.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl backup verify", "all snapshots, without reading them"},
					     {"owctl backup verify latest --read-data -i key.txt", "all of one"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
