#include "base/memory.h"
#include "commands/group/group.h"
#include "openwebui/users.h"

struct arguments {
	const char *group;
};

static const struct argument arguments_table[] = {
	{.name = "GROUP", OPTION_TEXT(struct arguments, group), .help = "name or id", .required = true,
	 .complete = complete_group},
	{0},
};

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .help = "id of the group"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name"},
	{"description", COLUMN_TEXT, .nullable = true, .help = "description"},
	{"parent", COLUMN_TEXT, .nullable = true, .help = "id of the group above (0.12 and later)"},
	{"created_at", COLUMN_TIME, .nullable = true, .help = "when the group was made"},
	{"updated_at", COLUMN_TIME, .nullable = true, .help = "last change of the group or its members"},
	{"members", COLUMN_TEXTS, .help = "mail addresses of the direct members"},
	{0},
};

static fallible read_members(struct installation *installation, const char *group, struct strings *members)
{
	struct user_filter filter = {.group = group, .sort = "email"};
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(users_select(installation, &filter, USERS_FOR_LIST, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add(members, db_cell_text(rows, USER_EMAIL) ? db_cell_text(rows, USER_EMAIL) : "");
	return error;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	AUTO(group) struct group group = {0};
	AUTO(strings) struct strings members = {0};
	TRY(command_open(context, &installation));
	TRY(group_find(&installation, arguments->group, &group));
	TRY(read_members(&installation, group.id, &members));
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, group.id);
	output_string(output, group.name);
	output_string(output, group.description);
	output_string(output, group.parent);
	output_time_known(output, group.created_at);
	output_time_known(output, group.updated_at);
	output_texts(output, (const char *const *)members.items, members.count);
	TRY(output_row(output));
	return output_close(output);
}

const struct command group_show_command = {
	.name = "show",
	.summary = "show one group and its members",
	.description = "Shows one group with the addresses of its direct members.",
	.arguments = arguments_table,
	.examples = (const struct example[]){{"owctl group show Staff", "one group"}, {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.size = sizeof(struct arguments),
	.run = run,
};
