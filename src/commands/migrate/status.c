#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "openwebui/release.h"

struct arguments {
	bool check;
};

static const struct option options[] = {
	{.name = "check",
	 OPTION_FLAG(struct arguments, check),
	 .help = "exit 2 unless the database is at the newest revision that this owctl knows"},
	{0},
};

static const struct column columns[] = {
	{"database", COLUMN_TEXT, .help = "where the database is"},
	{"engine", COLUMN_TEXT, .help = "engine and its version"},
	{"state",
	 COLUMN_TEXT,
	 .help = "`empty` (nothing is there), `foreign` (tables, but no recorded revision: of another program, or of "
		 "an Open WebUI before 0.3.35), `current`, `behind`, `unknown` (a revision of a newer release), or "
		 "`conflict` (several)"},
	{"revision", COLUMN_TEXT, .nullable = true, .help = "recorded revision; several are separated by commas"},
	{"title", COLUMN_TEXT, .nullable = true, .help = "what that revision brought"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"pending", COLUMN_INTEGER, .nullable = true, .help = "revisions up to the newest"},
	{"head", COLUMN_TEXT, .help = "newest revision that this owctl knows"},
	{"head_releases", COLUMN_TEXT, .nullable = true, .help = "releases that have the newest revision"},
	{0},
};

static const char *state_of(const struct installation *installation, bool foreign)
{
	switch (installation->standing) {
	case STANDING_EMPTY:
		return foreign ? "foreign" : "empty";
	case STANDING_BROKEN:
		return "conflict";
	case STANDING_UNKNOWN:
		return "unknown";
	case STANDING_KNOWN:
		break;
	}
	return installation->revision == revision_head() ? "current" : "behind";
}

static fallible print(struct context *context, struct installation *installation)
{
	AUTO(strings) struct strings foreign = {0};
	if (installation->standing == STANDING_EMPTY)
		TRY(migration_tables_in_the_way(installation, &foreign));
	const struct revision *revision = installation->revision;
	AUTO(memory) char *engine = text_format("%s %s", db_engine_name(installation->db),
						db_server_version(installation->db));
	AUTO(memory) char *recorded = strings_join(&installation->recorded, ",");
	AUTO(memory) char *releases = migrate_releases(revision);
	AUTO(memory) char *head_releases = migrate_releases(revision_head());
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, db_display(installation->db));
	output_string(output, engine);
	output_string(output, state_of(installation, foreign.count > 0));
	output_string(output, *recorded ? recorded : NULL);
	output_string(output, revision ? revision->title : NULL);
	output_string(output, releases);
	if (revision)
		output_integer(output, revision_head()->ordinal - revision->ordinal);
	else if (installation->standing == STANDING_EMPTY && !foreign.count)
		output_integer(output, revision_head()->ordinal);
	else
		output_null(output);
	output_string(output, revision_head()->id);
	output_string(output, head_releases);
	TRY(output_row(output));
	return output_close(output);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const struct installation_options how = {.access = DB_READ, .any_revision = true};
	AUTO(installation) struct installation installation = {0};
	TRY(command_open_as(context, how, &installation));
	TRY(print(context, &installation));
	if (!arguments->check || installation.revision == revision_head())
		return NULL;
	return error_new(ERR_NO, "the database is not at revision %s", revision_head()->id);
}

const struct command migrate_status_command = {
	.name = "status",
	.summary = "tell which revision and release a database is at",
	.description = "Tells the revision that the database records, which releases of Open WebUI have it, and how "
		       "far it is from the newest that this owctl knows. Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate status", "where the database stands"},
					     {"owctl migrate status --check > /dev/null",
					      "in CI: exit 2, and say so, if a migration is pending"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.size = sizeof(struct arguments),
	.run = run,
};
