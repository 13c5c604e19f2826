#include "backup/drills.h"
#include "base/memory.h"
#include "commands/backup/backup.h"

struct arguments {
	struct snapshot_choice choice;
	const char *repository, *identity;
};

static const struct argument arguments_table[] = {
	SNAPSHOT_ARGUMENT(struct arguments, ", which it is where it is not given"), {0}};

static const struct option options[] = {
	CHOICE_OPTIONS(struct arguments), REPOSITORY_OPTION(struct arguments), IDENTITY_OPTION(struct arguments), {0}};

static const struct column columns[] = {
	{"kind", COLUMN_TEXT, .help = "`table` or `file`"},
	{"name", COLUMN_TEXT, .help = "its name"},
	{"rows", COLUMN_INTEGER, .nullable = true, .help = "how many rows a table has"},
	{"bytes", COLUMN_INTEGER, .nullable = true, .help = "before compression; none of a file that was missing"},
	{"database", COLUMN_TEXT, .nullable = true,
	 .help = "which one has the table: `main`, or `vectors` where these have a database of their own"},
	{0},
};

static fallible print_table(struct output *output, const char *database, const struct table *table)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < table->segment_count; i++)
		bytes += table->segments[i].bytes;
	output_string(output, "table");
	output_string(output, table->name);
	output_integer(output, (int64_t)table->rows);
	output_integer(output, (int64_t)bytes);
	output_string(output, database);
	return output_row(output);
}

static fallible print_file(struct output *output, const struct file *file)
{
	AUTO(memory) char *name = text_format("%s/%s", file_root_name(file->root), file->path);
	output_string(output, "file");
	output_string(output, name);
	output_null(output);
	if (file->missing)
		output_null(output);
	else
		output_integer(output, (int64_t)file->size);
	output_null(output);
	return output_row(output);
}

static fallible print(struct output *output, const struct manifest *manifest)
{
	for (size_t i = manifest->database_count; i-- > 0;) {
		const struct database_copy *copy = &manifest->databases[i];
		for (size_t table = 0; table < copy->tables.count; table++)
			TRY(print_table(output, copy->name, &copy->tables.items[table]));
	}
	for (size_t i = 0; i < manifest->files.count; i++)
		TRY(print_file(output, &manifest->files.items[i]));
	return output_close(output);
}

static void tell_origin(struct context *context, const struct manifest *manifest)
{
	const struct database_copy *copy = manifest_database(manifest, "main");
	const char *release = manifest->release, *revision = manifest->revision;
	char time[CLOCK_TEXT_SIZE] = "";
	clock_format(manifest->time, time);
	context_done(context, "%s of \"%s\", of %s: %s, revision %s%s%s%s%s", manifest->snapshot, manifest->label, time,
		     copy ? copy->engine : "no database", revision ? revision : "unknown",
		     release ? " (Open WebUI " : "", release ? release : "", release ? ")" : "",
		     manifest->secrets ? ", with its secret keys" : "");
}

static fallible tell_drill(struct context *context, const struct repository *repository,
			   const struct manifest *manifest)
{
	AUTO(strings) struct strings drills = {0};
	AUTO(drill) struct drill drill = {0};
	unsigned char key[DIGEST_SIZE];
	char time[CLOCK_TEXT_SIZE] = "";
	bool found;
	drill_key(repository, &manifest->recipients, key);
	TRY(drill_list(repository, &drills));
	TRY(drill_find_last(repository, &drills, key, &(struct drill_choice){.snapshot = manifest->snapshot}, &drill,
			    &found));
	if (found)
		clock_format(drill.time, time);
	context_done(context, found ? "its last drill was at %s, and %s" : "it was never drilled", time,
		     found && drill.failed ? "failed" : "good");
	return NULL;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(repository) struct repository repository = {0};
	AUTO(age_identities) struct age_identities identities = {0};
	AUTO(record) struct record record = {0};
	AUTO(manifest) struct manifest manifest = {0};
	AUTO(output) struct output *output = NULL;
	TRY(command_identities(context, arguments->identity, false, &identities));
	TRY(command_repository(context, arguments->repository, &repository));
	TRY(backup_find(&repository, &arguments->choice, NULL, &record));
	TRY(manifest_read(&repository, &record, &identities, &manifest));
	TRY(context_output(context, &output));
	TRY(print(output, &manifest));
	tell_origin(context, &manifest);
	return tell_drill(context, &repository, &manifest);
}

const struct command backup_show_command = {
	.name = "show",
	.summary = "list what is in a snapshot",
	.description = "Lists the tables and files of a snapshot, and says of which release it is and when it was "
		       "last drilled. The secret key is needed. Reads only.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl backup show latest -i key.txt",
					      "tables and files of the newest snapshot"}, {0}},
	.exits = (const int[]){REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
