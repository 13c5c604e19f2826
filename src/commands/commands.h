/* Every command of the first level, each in the folder of its name. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "cli/command.h"

extern const struct command backup_command;
extern const struct command completion_command;
extern const struct command group_command;
extern const struct command health_command;
extern const struct command help_command;
extern const struct command migrate_command;
extern const struct command profile_command;
extern const struct command repo_command;
extern const struct command shell_command;
extern const struct command user_command;
extern const struct command version_command;

#endif
