/* What came of each check as rows, for programs: one for each thing that was found, and one for each check that found
 * nothing. */
#include "commands/health/health.h"

const struct column health_columns[] = {
	{"code", COLUMN_TEXT, .help = "of the check"},
	{"state", COLUMN_TEXT,
	 .help = "`critical`, `warning`, `info`: something was found; `good`; `unknown`: it could not find out; "
		 "`skipped`: what it needs is not there, or it was not asked for"},
	{"subject", COLUMN_TEXT, .nullable = true, .help = "what it is about: a replica, a table; null: the whole"},
	{"what", COLUMN_TEXT, .nullable = true, .help = "what was found, or why nothing could be"},
	{"remedy", COLUMN_TEXT, .nullable = true, .help = "what to do about what was found"},
	{"name", COLUMN_TEXT, .help = "of the check"},
	{"family", COLUMN_TEXT, .help = "that it belongs to"},
	{"title", COLUMN_TEXT, .help = "what is true where all is well"},
	{"certainty", COLUMN_TEXT, .help = "`proven`: it was seen; `likely`: unless something makes up for it that "
					   "owctl can't see"},
	{"page", COLUMN_TEXT, .nullable = true, .help = "where more is said about it"},
	{"suppressed", COLUMN_TEXT, .nullable = true, .help = "why it does not count, as --suppress says"},
	{"known", COLUMN_BOOLEAN, .help = "it is in the --baseline, and does not count"},
	{0},
};

static fallible print_row(struct output *output, const struct result *result, const struct trouble *trouble)
{
	const struct check *check = result->check;
	const char *remedy = trouble && trouble->remedy ? trouble->remedy : trouble ? check->remedy : NULL;
	output_string(output, check->code);
	output_string(output, trouble ? severity_names[trouble->severity] : outcome_names[result->outcome]);
	output_string(output, trouble ? trouble->subject : NULL);
	output_string(output, trouble ? trouble->what : result->why);
	output_string(output, remedy);
	output_string(output, check->name);
	output_string(output, family_words[check->family].name);
	output_string(output, check->title);
	output_string(output, certainty_names[check->certainty]);
	output_string(output, check->page);
	output_string(output, trouble ? trouble->suppressed : NULL);
	output_boolean(output, trouble && trouble->known);
	return output_row(output);
}

fallible health_print_rows(struct context *context, const struct results *results)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->left_out)
			continue;
		for (size_t j = 0; j < result->count; j++)
			TRY(print_row(output, result, &result->troubles[j]));
		if (!result->count)
			TRY(print_row(output, result, NULL));
	}
	return output_close(output);
}
