#include "commands/commands.h"
#include "commands/group/group.h"

static const struct command *const subcommands[] = {
	&group_list_command,   &group_show_command, &group_create_command,
	&group_delete_command, &group_add_command,  &group_remove_command,
	NULL,
};

const struct command group_command = {
	.name = "group",
	.summary = "groups: list, create, delete, add and remove members",
	.description = "Works on groups and their direct members in the database.\n\n"
		       "A group is named by its id or by its exact name. Open WebUI lets several groups have one name; such "
		       "a name is refused with the ids to choose from.",
	.subcommands = subcommands,
};

const struct column group_columns[] = {
	{"id", COLUMN_TEXT, .help = "id of the group"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name"},
	{"description", COLUMN_TEXT, .nullable = true, .extra = true, .help = "description"},
	{"parent", COLUMN_TEXT, .nullable = true, .extra = true, .help = "id of the group above (0.12 and later)"},
	{"members", COLUMN_INTEGER, .help = "number of direct members"},
	{"created_at", COLUMN_TIME, .help = "when the group was made"},
	{"updated_at", COLUMN_TIME, .extra = true, .help = "last change of the group or its members"},
	{0},
};

void group_print(struct output *output, const struct group *group)
{
	output_string(output, group->id);
	output_string(output, group->name);
	output_string(output, group->description);
	output_string(output, group->parent);
	output_integer(output, group->members);
	output_time(output, group->created_at);
	output_time(output, group->updated_at);
}
