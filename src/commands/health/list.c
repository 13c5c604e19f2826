#include "commands/health/health.h"
#include "health/checks.h"

static const struct column columns[] = {
	{"code", COLUMN_TEXT, .help = "of the check; stable"},
	{"name", COLUMN_TEXT, .extra = true, .help = "its name, as stable"},
	{"family", COLUMN_TEXT, .help = "what it is about, a word that --only and --skip take as well"},
	{"severity", COLUMN_TEXT, .extra = true, .help = "`critical`, `warning` or `info`: of what it finds, mostly"},
	{"title", COLUMN_TEXT, .help = "what is true where all is well"},
	{"certainty", COLUMN_TEXT, .extra = true,
	 .help = "`proven`: it was seen; `likely`: unless something makes up for it that owctl can't see"},
	{"why", COLUMN_TEXT, .extra = true, .help = "what it means for people, and how it is looked at"},
	{"remedy", COLUMN_TEXT, .extra = true, .help = "what to do"},
	{"page", COLUMN_TEXT, .nullable = true, .extra = true, .help = "where more is said about it"},
	{0},
};

static fallible run(struct context *context, const void *values UNUSED)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < checks_count(); i++) {
		const struct check *check = check_at(i);
		output_string(output, check->code);
		output_string(output, check->name);
		output_string(output, family_words[check->family].name);
		output_string(output, severity_names[check->severity]);
		output_string(output, check->title);
		output_string(output, certainty_names[check->certainty]);
		output_string(output, check->why);
		output_string(output, check->remedy);
		output_string(output, check->page);
		TRY(output_row(output));
	}
	return output_close(output);
}

const struct command health_list_command = {
	.name = "list",
	.summary = "show all checks",
	.description = "Shows every check that `owctl health check` can run, with its code and what is true where all "
		       "is well.",
	.examples = (const struct example[]){{"owctl health list", "every check, with its code"},
					     {"owctl health list -o json", "with what each means, and what to do"},
					     {0}},
	.columns = columns,
	.shape = SHAPE_LIST,
	.standalone = true,
	.size = 1,
	.run = run,
};
