/* What the `owctl group` commands share. */
#ifndef COMMANDS_GROUP_GROUP_H
#define COMMANDS_GROUP_GROUP_H

#include "cli/command.h"
#include "commands/common.h"
#include "openwebui/groups.h"

extern const struct command group_list_command, group_show_command, group_create_command, group_delete_command,
	group_add_command, group_remove_command;

/* Columns that list, show and create print, and the cells of one group in that order. */
extern const struct column group_columns[];
void group_print(struct output *output, const struct group *group);

#endif
