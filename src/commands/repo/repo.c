#include "commands/commands.h"
#include "commands/repo/repo.h"

static const struct command *const subcommands[] = {
	&repo_init_command,
	&repo_info_command,
	&repo_keys_command,
	NULL,
};

const struct command repo_command = {
	.name = "repo",
	.summary = "where backups are kept: create a repository, look at it, make keys",
	.description = "Works on the place where backups are kept: a folder, of this machine or of another one "
		       "by SFTP, a bucket of S3, of what speaks it, or of Google Cloud Storage, or a container of "
		       "Azure Blob Storage.\n\n"
		       "Backups are encrypted for public keys (age1..). Who makes them needs these alone; the secret "
		       "keys that open them are to be kept elsewhere, and without them nobody can restore.",
	.subcommands = subcommands,
};
