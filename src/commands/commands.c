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
	{"owctl user create ada@example.org --role admin", "create an administrator; asks for the password"},
	{"owctl user list --env-file /etc/open-webui.env -o json", "all accounts, as JSON for a program"},
	{0},
};

const struct command root_command = {
	.name = "owctl",
	.summary = "administer Open WebUI installations",
	.description =
		"owctl works directly on the database and the services of an installation. Open WebUI may be running "
		"meanwhile.\n\n"
		"Settings have the names that Open WebUI itself uses: DATABASE_URL, DATA_DIR, REDIS_URL, .. Inside its "
		"container, or with its environment file, nothing else is needed. Where a setting is given more than "
		"once, a flag counts before the environment, the environment before --env-file, and that before a "
		"profile.\n\n"
		"Every change is checked before it is committed, read back afterwards, and recorded as a line of JSON: "
		"in the system journal, or in the file of --audit-log.",
	.subcommands = commands,
	.examples = examples,
};
