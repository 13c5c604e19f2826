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
		       "A group is named by its id or by its exact name. Open WebUI lets several groups have one name; "
		       "such a name is refused with the ids to choose from.",
	.subcommands = subcommands,
};

void group_print(struct output *output, const struct group *group)
{
	output_string(output, group->id);
	output_string(output, group->name);
	output_string(output, group->description);
	output_string(output, group->parent);
	output_integer(output, group->members);
	output_time_known(output, group->created_at);
	output_time_known(output, group->updated_at);
}
