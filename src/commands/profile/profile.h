/* `owctl profile`: installations by name, in a file of the operator's. */
#ifndef COMMANDS_PROFILE_H
#define COMMANDS_PROFILE_H

#include "cli/context.h"
#include "settings/profile_file.h"

extern const struct command profile_list_command, profile_show_command, profile_use_command, profile_add_command,
	profile_remove_command;

void complete_profile(const char *prefix, struct strings *words);

#endif
