/* The whole program at a glance. A new group is a folder, a line in commands.h, and a line here. */
#include "commands/commands.h"

static const struct command *const commands[] = {
	&user_command,
	&group_command,
	&migrate_command,
	&repo_command,
	&backup_command,
	&health_command,
	&profile_command,
	&shell_command,
	&completion_command,
	&version_command,
	&help_command,
	NULL,
};

static const struct example examples[] = {
	{"owctl migrate up --database ./webui.db", "create the database of a new installation"},
	{"owctl user create ada@example.org --role admin", "an administrator; asks for the password"},
	{"owctl user list --env-file /etc/open-webui.env -o json", "everybody, for a program"},
	{0},
};

const struct command root_command = {
	.name = "owctl",
	.summary = "administer Open WebUI installations",
	.description =
		"owctl works on an installation's database and services directly; Open WebUI may run meanwhile.\n\n"
		"Settings have Open WebUI's own names (DATABASE_URL, DATA_DIR, REDIS_URL, ..), so that inside its "
		"container, or with the same environment file, nothing else is needed. A flag counts before the "
		"environment, that before --env-file, that before a profile.\n\n"
		"What changes something is checked before it is committed, recorded as one JSON line, printed, and "
		"read back. What goes wrong after the commit is said as such, with the exit status of what went wrong: "
		"the change was made, and what it printed is true. Where the connection is lost while committing, "
		"nobody knows whether it was made: then `outcome` is `unknown`, in the output and in the record, and "
		"not `made` as else in the record.",
	.subcommands = commands,
	.examples = examples,
};
