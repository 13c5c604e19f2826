#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/journal.h"

static const struct column columns[] = {
	{"revision", COLUMN_TEXT, .help = "revision, oldest first"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"state", COLUMN_TEXT,
	 .help = "`applied`, `pending`, or `cut off` where owctl is half-way through it: `owctl migrate up` goes on"},
	{"title", COLUMN_TEXT, .help = "what it brought"},
	{"owctl", COLUMN_TEXT, .nullable = true, .extra = true,
	 .help = "version of the owctl that applied it to rows; none where there were none yet, or it was not owctl"},
	{"started_at", COLUMN_TIME, .nullable = true, .extra = true, .help = "when it began with it"},
	{"seconds", COLUMN_INTEGER, .nullable = true, .extra = true, .help = "how long it took"},
	{"rows", COLUMN_INTEGER, .nullable = true, .extra = true, .help = "how many rows it looked at one by one"},
	{0},
};

enum state { APPLIED, CUT_OFF, PENDING };

static enum state state_of(const struct installation *installation, const struct revision *revision,
			   const struct revision *cut_off)
{
	if (installation->revision && revision->ordinal <= installation->revision->ordinal)
		return APPLIED;
	return revision == cut_off ? CUT_OFF : PENDING;
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
			  const struct revision *revision, const struct revision *cut_off)
{
	static const char *const words[] = {[APPLIED] = "applied", [CUT_OFF] = "cut off", [PENDING] = "pending"};
	const enum state state = state_of(installation, revision, cut_off);
	AUTO(memory) char *releases = migrate_releases(revision);
	/* Of what is pending (again) it tells an earlier time, before the database was put back. */
	const struct journal_entry *entry = state == PENDING ? NULL : journal_find(journal, revision);
	output_string(output, revision->id);
	output_string(output, releases);
	output_string(output, words[state]);
	output_string(output, revision->title);
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
	const struct revision *cut_off;
	AUTO(output) struct output *output = NULL;
	TRY(command_open_as(context, how, &installation));
	TRY(installation_check_known(&installation));
	TRY(journal_read(&installation, &journal));
	TRY(journal_cut_off(&installation, &cut_off));
	TRY(context_output(context, &output));
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++)
		TRY(print_row(output, &installation, &journal, revision_at(ordinal), cut_off));
	return output_close(output);
}

const struct command migrate_history_command = {
	.name = "history",
	.summary = "list the revisions, and what owctl did here",
	.description =
		"Lists all revisions that this owctl knows, which of them the database has, and of those that owctl "
		"applied to its rows when that was and how long it took. Reads only.",
	.examples = (const struct example[]){{"owctl migrate history",
					      "all revisions, and which of them the database has"},
					     {"owctl migrate history --columns revision,started_at,seconds,rows",
					      "when owctl did what here, and how long it took"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.run = run,
};
