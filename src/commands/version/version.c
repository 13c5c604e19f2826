/* Versions of owctl and of the libraries it runs with. */
#include <jansson.h>
#include <sqlite3.h>

#include "base/memory.h"
#include "cli/context.h"
#include "commands/commands.h"

static const struct column columns[] = {
	{.name = "owctl", .type = COLUMN_TEXT, .help = "version of owctl"},
	{.name = "sqlite", .type = COLUMN_TEXT, .help = "version of the SQLite library"},
	{.name = "jansson", .type = COLUMN_TEXT, .help = "version of the Jansson library"},
	{0},
};

static fallible run(struct context *context, const void *values UNUSED)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, OWCTL_VERSION);
	output_string(output, sqlite3_libversion());
	output_string(output, jansson_version_str());
	TRY(output_row(output));
	return output_close(output);
}

static const struct example examples[] = {
	{"owctl version", "print the versions"},
	{"owctl version -o json --columns owctl", "print owctl's own version for a program"},
	{0},
};

const struct command version_command = {
	.name = "version",
	.summary = "show the versions of owctl and its libraries",
	.description = "Prints the version of owctl and of the libraries it runs with, as they were found at run time.",
	.examples = examples,
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.standalone = true,
	.size = 1,
	.run = run,
};
