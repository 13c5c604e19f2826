/* Versions of owctl and of the libraries it runs with. */
#include <curl/curl.h>
#include <jansson.h>
#include <libfyaml.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <sqlite3.h>

#include "base/memory.h"
#include "cli/context.h"
#include "commands/commands.h"

static const struct column columns[] = {
	{.name = "owctl", .type = COLUMN_TEXT, .help = "version of owctl"},
	{.name = "sqlite", .type = COLUMN_TEXT, .help = "version of SQLite"},
	{.name = "libpq", .type = COLUMN_TEXT, .help = "version of PostgreSQL's client library"},
	{.name = "libcurl", .type = COLUMN_TEXT, .help = "version of libcurl"},
	{.name = "libfyaml", .type = COLUMN_TEXT, .help = "version of libfyaml"},
	{.name = "libsodium", .type = COLUMN_TEXT, .help = "version of libsodium"},
	{.name = "jansson", .type = COLUMN_TEXT, .help = "version of Jansson"},
	{0},
};

static fallible run(struct context *context, const void *values UNUSED)
{
	AUTO(memory) char *libpq = text_format("%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, OWCTL_VERSION);
	output_string(output, sqlite3_libversion());
	output_string(output, libpq);
	output_string(output, curl_version_info(CURLVERSION_NOW)->version);
	output_string(output, fy_library_version());
	output_string(output, sodium_version_string());
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
