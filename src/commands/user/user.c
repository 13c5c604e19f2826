#include "commands/commands.h"
#include "commands/user/user.h"

static const struct command *const subcommands[] = {
	&user_list_command,   &user_show_command,           &user_create_command, &user_update_command,
	&user_passwd_command, &user_check_password_command, &user_delete_command, &user_import_command,
	&user_export_command, &user_conflicts_command,      &user_merge_command,  NULL,
};

const struct command user_command = {
	.name = "user",
	.summary = "accounts: list, create, change, delete, import, export, merge",
	.description = "Works on the accounts of an Open WebUI installation directly in its database, whether a server "
		       "runs on it or not.\n\n"
		       "An account is named by its mail address, in any letter case, or by its id.",
	.subcommands = subcommands,
};
