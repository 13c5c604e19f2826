#include "commands/group/group.h"

struct arguments {
	const char *search;
};

static const struct option options[] = {
	{.name = "search",
	 OPTION_TEXT(struct arguments, search),
	 .value_name = "TEXT",
	 .help = "only groups with this text in their name, in any letter case"},
	{0},
};

static fallible print_rows(struct db_rows *rows, struct output *output)
{
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		for (int column = GROUP_ID; column <= GROUP_PARENT; column++)
			output_string(output, db_cell_text(rows, column));
		output_integer(output, db_cell_integer(rows, GROUP_MEMBERS));
		output_time_known(output, db_cell_integer(rows, GROUP_CREATED_AT));
		output_time_known(output, db_cell_integer(rows, GROUP_UPDATED_AT));
		TRY(output_row(output));
	}
	TRY(error);
	return output_close(output);
}

static const struct column columns[] = {GROUP_COLUMNS, {0}};

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	AUTO(output) struct output *output = NULL;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(command_open(context, &installation));
	TRY(context_output(context, &output));
	TRY(groups_select(&installation, arguments->search, &rows));
	return print_rows(rows, output);
}

const struct command group_list_command = {
	.name = "list",
	.summary = "list groups",
	.description = "Lists all groups in order of name, with the number of their direct members.",
	.options = options,
	.examples = (const struct example[]){{"owctl group list", "all groups"}, {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
