#include "backup/record.h"
#include "base/memory.h"
#include "commands/repo/repo.h"

struct arguments {
	const char *repository;
};

static const struct option options[] = {REPOSITORY_OPTION(struct arguments), {0}};

static const struct column columns[] = {
	{"repository", COLUMN_TEXT, .help = "where it is"},
	{"id", COLUMN_TEXT, .help = "its id"},
	{"snapshots", COLUMN_INTEGER, .help = "how many snapshots it has"},
	{"objects", COLUMN_INTEGER, .help = "how many objects it has"},
	{"bytes", COLUMN_INTEGER, .help = "their sizes together"},
	{0},
};

struct sizes {
	int64_t objects, bytes;
};

static fallible add(void *state, const struct store_object *object)
{
	struct sizes *sizes = state;
	sizes->objects++;
	sizes->bytes += (int64_t)object->size;
	return NULL;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(repository) struct repository repository = {0};
	AUTO(strings) struct strings snapshots = {0};
	AUTO(output) struct output *output = NULL;
	struct sizes sizes = {0};
	TRY(command_repository(context, arguments->repository, &repository));
	TRY(record_list(&repository, &snapshots));
	TRY(store_list(repository.store, "", add, &sizes));
	TRY(context_output(context, &output));
	output_string(output, store_display(repository.store));
	output_string(output, repository.id);
	output_integer(output, (int64_t)snapshots.count);
	output_integer(output, sizes.objects);
	output_integer(output, sizes.bytes);
	TRY(output_row(output));
	return output_close(output);
}

const struct command repo_info_command = {
	.name = "info",
	.summary = "show what a repository has",
	.description = "Counts snapshots, objects and bytes of a repository. No key is needed. Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl repo info -r /srv/backups",
					      "how many snapshots it has, and how large it is"}, {0}},
	.exits = (const int[]){REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.size = sizeof(struct arguments),
	.run = run,
};
