/* The `owctl repo` commands. */
#ifndef COMMANDS_REPO_REPO_H
#define COMMANDS_REPO_REPO_H

#include "commands/common.h"
#include "commands/repository.h"

extern const struct command repo_init_command, repo_info_command, repo_keys_command;

#endif
