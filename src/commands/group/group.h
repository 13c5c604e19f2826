/* What the `owctl group` commands share. */
#ifndef COMMANDS_GROUP_GROUP_H
#define COMMANDS_GROUP_GROUP_H

#include "cli/command.h"
#include "commands/common.h"
#include "commands/live.h"
#include "openwebui/groups.h"

extern const struct command group_list_command, group_show_command, group_create_command, group_delete_command,
	group_add_command, group_remove_command;

/* Columns that list and delete print, and the cells of a group in that order, which is also that of show and create. */
#define GROUP_COLUMNS                                                                                              \
	{"id", COLUMN_TEXT, .help = "id of the group"},                                                            \
	{"name", COLUMN_TEXT, .nullable = true, .help = "name"},                                                   \
	{"description", COLUMN_TEXT, .nullable = true, .extra = true, .help = "description"},                      \
	{"parent", COLUMN_TEXT, .nullable = true, .extra = true, .help = "id of the group above (0.12 and later)"}, \
	{"members", COLUMN_INTEGER, .help = "number of direct members"},                                           \
	{"created_at", COLUMN_TIME, .nullable = true, .help = "when the group was made"},                          \
	{"updated_at", COLUMN_TIME, .nullable = true, .extra = true, .help = "last change of the group or its members"}
void group_print(struct output *output, const struct group *group);

#endif
