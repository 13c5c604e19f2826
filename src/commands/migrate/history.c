#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/journal.h"

static const struct column columns[] = {
	{"revision", COLUMN_TEXT, .help = "revision, oldest first"},
	{"title", COLUMN_TEXT, .help = "what it brought"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"state", COLUMN_TEXT,
	 .help = "`applied`, `pending`, or `cut off` where owctl is half-way through it: `owctl migrate up` goes on"},
	{"owctl", COLUMN_TEXT, .nullable = true,
	 .help = "version of the owctl that applied it to rows; none where there were none yet, or it was not owctl"},
	{"started_at", COLUMN_TIME, .nullable = true, .help = "when it began with it"},
	{"seconds", COLUMN_INTEGER, .nullable = true, .help = "how long it took"},
	{"rows", COLUMN_INTEGER, .nullable = true, .help = "how many rows it looked at one by one"},
	{0},
};

static const char *state_of(const struct installation *installation, const struct revision *revision,
			    const struct journal_entry *entry)
{
	if (installation->revision && revision->ordinal <= installation->revision->ordinal)
		return "applied";
	return entry && !entry->finished_at ? "cut off" : "pending";
}

static void print_entry(struct output *output, const struct journal_entry *entry)
{
	output_string(output, entry->owctl);
	output_time(output, entry->started_at);
	if (entry->finished_at)
		output_integer(output, entry->finished_at - entry->started_at);
	else
		output_null(output);
	output_integer(output, entry->rows);
}

static fallible print_row(struct output *output, const struct installation *installation, const struct journal *journal,
			  const struct revision *revision)
{
	AUTO(memory) char *releases = migrate_releases(revision);
	const struct journal_entry *entry = journal_find(journal, revision);
	output_string(output, revision->id);
	output_string(output, revision->title);
	output_string(output, releases);
	output_string(output, state_of(installation, revision, entry));
	if (entry) {
		print_entry(output, entry);
	} else {
		for (int i = 0; i < 4; i++)
			output_null(output);
	}
	return output_row(output);
}

static fallible run(struct context *context, const void *values)
{
	(void)values;
	const struct installation_options how = {.access = DB_READ, .any_revision = true};
	AUTO(installation) struct installation installation = {0};
	AUTO(journal) struct journal journal = {0};
	AUTO(output) struct output *output = NULL;
	TRY(command_open_as(context, how, &installation));
	TRY(installation_check_known(&installation));
	TRY(journal_read(&installation, &journal));
	TRY(context_output(context, &output));
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++)
		TRY(print_row(output, &installation, &journal, revision_at(ordinal)));
	return output_close(output);
}

const struct command migrate_history_command = {
	.name = "history",
	.summary = "list the revisions, and what owctl did here",
	.description =
		"Lists all revisions that this owctl knows, which of them the database has, and of those that owctl "
		"applied to its rows when that was and how long it took. Reads only.",
	.examples = (const struct example[]){{"owctl migrate history", "the way of a database"},
					     {"owctl migrate history -o csv --columns revision,seconds,rows",
					      "what took long"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.run = run,
};
