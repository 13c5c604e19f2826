#include "backup/verify.h"

#include "telemetry/metrics.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/progress.h"
#include "commands/backup/backup.h"

struct arguments {
	struct snapshot_choice choice;
	const char *repository, *identity, *metrics;
	const char *read_data;
};

static const struct argument arguments_table[] = {
	SNAPSHOT_ARGUMENT(struct arguments, "; all of them where it is not given"), {0}};

static const struct option options[] = {
	CHOICE_OPTIONS(struct arguments),
	REPOSITORY_OPTION(struct arguments),
	IDENTITY_OPTION(struct arguments),
	{.name = "read-data",
	 OPTION_TEXT(struct arguments, read_data),
	 .value_name = "N%",
	 .alone = "100%",
	 .help = "read all packs, or a share of them, each day another; with a secret key also what is in them"},
	METRICS_OPTION(struct arguments),
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
	struct verifier verifier;
	struct context *context;
	struct output *output; /* with --quiet only once there is something to tell */
	struct objects objects;
	const char *snapshot;
};

static void verifying_cleanup(struct verifying *verifying)
{
	objects_cleanup(&verifying->objects);
	verified_cleanup(&verifying->verifier.verified);
	digest_map_cleanup(&verifying->verifier.good);
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

static fallible read_data(struct verifying *verifying, const struct record *record)
{
	struct verifier *verifier = &verifying->verifier;
	AUTO(memory) char *doing = text_format("verifying %s", record->snapshot);
	struct progress progress;
	progress_start_bytes(&progress, doing, verify_bytes(verifier, record),
			     backup_is_watched(verifying->context));
	verifier->progress = &progress;
	struct error *error = verify_data(verifier, record);
	progress_end();
	verifier->progress = NULL;
	if (!error)
		backup_tell_pace(verifying->context, &progress, "read");
	return error;
}

static fallible verify(struct verifying *verifying, const struct record *record, struct verify_faults *faults)
{
	uint64_t before = faults->count;
	TRY(verify_sizes(&verifying->objects, record, faults));
	if (!verifying->arguments->read_data || faults->count > before)
		return NULL;
	return read_data(verifying, record);
}

static fallible verify_one(struct verifying *verifying, const char *snapshot, struct verify_faults *faults)
{
	AUTO(record) struct record record = {0};
	verifying->snapshot = snapshot;
	struct error *error = record_read(verifying->verifier.repository, snapshot, NULL, &record);
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
	if (!backup_chooses(&verifying->arguments->choice))
		return record_list(verifying->verifier.repository, snapshots);
	TRY(backup_find(verifying->verifier.repository, &verifying->arguments->choice, NULL, &record));
	strings_add(snapshots, record.snapshot);
	return NULL;
}

static fallible verify_all(struct verifying *verifying, struct verify_faults *faults, size_t *count)
{
	AUTO(strings) struct strings snapshots = {0};
	TRY(choose(verifying, &snapshots));
	TRY(objects_list(verifying->verifier.repository, &verifying->objects));
	*count = snapshots.count;
	for (size_t i = 0; i < snapshots.count; i++)
		TRY(verify_one(verifying, snapshots.items[i], faults));
	return NULL;
}

static fallible parse_share(const char *text, struct verify_share *share)
{
	uint64_t percent;
	const char *at = text;
	if (!number_parse(&at, '%', &percent) || *at || !percent || percent > 100)
		return error_hint(error_new(ERR_USAGE, "--read-data must be a share from 1%% to 100%%, not '%s'", text),
				  "as in --read-data=5%%");
	*share = (struct verify_share){.percent = (unsigned)percent, .day = clock_now() / 86400};
	return NULL;
}

/* What a share leaves out has to be told as well: silence would sound like all of it. */
static void tell_extent(struct context *context, const struct verifier *verifier, size_t snapshots)
{
	const struct verified *verified = &verifier->verified;
	unsigned percent = verifier->share.percent;
	context_done(context, "verified %zu snapshot%s: %llu fault%s", snapshots, snapshots == 1 ? "" : "s",
		     (unsigned long long)verifier->faults->count, verifier->faults->count == 1 ? "" : "s");
	if (!percent) {
		context_done(context, "nothing that they hold was read: --read-data does that");
		return;
	}
	context_done(context, "%zu of %zu packs were read", verified->packs_read, verified->pack_count);
	if (verifier->identities->count)
		context_done(context,
			     "compared %llu of %llu rows, %llu of %llu whole files, and the sums of %llu of %llu "
			     "tables",
			     (unsigned long long)verified->rows_read, (unsigned long long)verified->rows,
			     (unsigned long long)verified->files_read, (unsigned long long)verified->files,
			     (unsigned long long)verified->tables_summed, (unsigned long long)verified->tables);
	else
		context_done(context, "without a secret key nothing was opened");
	if (percent < 100)
		context_done(context, "run every day, it has read each pack after %u days", (99 + percent) / percent);
}

static void measure(struct metrics *metrics, const struct verifier *verifier, size_t snapshots)
{
	const struct verified *verified = &verifier->verified;
	metrics_add(metrics, "snapshots", "Snapshots that were verified.", (double)snapshots);
	metrics_add(metrics, "faults", "Faults that were found.", (double)verifier->faults->count);
	metrics_add(metrics, "packs_read", "Packs whose bytes were read.", (double)verified->packs_read);
	metrics_add(metrics, "rows_read", "Rows that were held against the manifest.", (double)verified->rows_read);
	metrics_add(metrics, "files_read", "Files that were held against it.", (double)verified->files_read);
}

/* All is well with nothing; but who has a repository verified has lost everything then. */
static fallible nothing_there(const struct repository *repository)
{
	return error_hint(error_new(ERR_NO, "%s has no snapshot: there was nothing to verify",
				    store_display(repository->store)),
			  "owctl backup create makes one; if there were some, look who removed them");
}

static fallible look(struct context *context, const struct arguments *arguments, struct metrics *metrics)
{
	AUTO(repository) struct repository repository = {0};
	AUTO(age_identities) struct age_identities identities = {0};
	AUTO(verifying) struct verifying verifying = {.context = context, .arguments = arguments};
	struct verify_faults faults = {.tell = tell, .state = &verifying};
	struct verifier *verifier = &verifying.verifier;
	*verifier = (struct verifier){.repository = &repository, .identities = &identities, .faults = &faults};
	size_t count;
	if (arguments->read_data)
		TRY(parse_share(arguments->read_data, &verifier->share));
	TRY(command_identities(context, arguments->identity, true, &identities));
	TRY(command_repository(context, arguments->repository, &repository));
	if (!context_is_silent(context))
		TRY(context_output(context, &verifying.output));
	TRY(verify_all(&verifying, &faults, &count));
	if (verifying.output)
		TRY(output_close(verifying.output));
	tell_extent(context, verifier, count);
	measure(metrics, verifier, count);
	if (!count)
		return nothing_there(&repository);
	return faults.count ? error_hint(error_new(ERR_NO, "%s is damaged", store_display(repository.store)),
					 "make a new snapshot; what is listed, but for indexes, is not whole")
			    : NULL;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(metrics) struct metrics metrics;
	metrics_begin(&metrics, "backup_verify");
	if (arguments->metrics)
		TRY(metrics_check(arguments->metrics));
	struct error *error = look(context, arguments, &metrics);
	return command_tell_metrics(context, &metrics, arguments->metrics, error);
}

const struct command backup_verify_command = {
	.name = "verify",
	.summary = "look whether snapshots can be restored",
	.description =
		"Looks whether every object that a snapshot needs is there and as large as it was written. With "
		"--read-data all of them are read and their hashes compared; with a secret key as well (--identity) "
		"they are opened, and every row and file is held against the manifest: numbers, hashes and sums. "
		"Lists what is damaged; then, and where there is no snapshot, the exit status is 2. Reads only.\n\n"
		"--read-data=5% reads the packs whose turn it is on this day (UTC), one of each snapshot at least, and "
		"tells how much that was. Every day has others: after 20 days each has been read that was there all "
		"the time. Sums are compared of the tables whose rows are all in what was read.\n\n"
		"--metrics writes, also where it fails, success (1 only without faults), duration and what was looked "
		"at as owctl_backup_verify_.. ; give it another FILE than `owctl backup create`.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl backup verify", "whether all snapshots have all their objects"},
					     {"owctl backup verify --read-data=5%", "a part of them, every "
											      "night"},
					     {"owctl backup verify latest --read-data -i key.txt",
					      "reads and opens all of the newest one"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
