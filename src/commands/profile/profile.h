/* `owctl profile`: installations by name, in a file of the operator's. */
#ifndef COMMANDS_PROFILE_H
#define COMMANDS_PROFILE_H

#include "cli/audit.h"
#include "cli/context.h"
#include "settings/profile_file.h"

extern const struct command profile_list_command, profile_show_command, profile_use_command, profile_add_command,
	profile_remove_command;

/* What `use` and `remove` take: the name of a profile that is there. */
struct named_profile {
	const char *name;
};
extern const struct argument named_profile_table[];

/* Every change to the file at `path` is recorded: this looks first that it can be. */
fallible profile_change_prepare(const struct context *context, const char *path) MUST_CHECK;
/* Takes over `details`; a dry run records nothing. */
void profile_change_record(struct context *context, const char *path, json_t *details);

#endif
