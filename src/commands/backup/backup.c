#include "commands/backup/backup.h"

#include "commands/commands.h"

static const struct command *const subcommands[] = {
	&backup_create_command, &backup_list_command,    &backup_show_command,  &backup_status_command,
	&backup_verify_command, &backup_restore_command, &backup_drill_command, &backup_prune_command,
	NULL,
};

const struct command backup_command = {
	.name = "backup",
	.summary = "backups: create, list, show, status, verify, restore, drill, prune",
	.description =
		"A snapshot is one consistent copy of an installation: its database as it is at one moment, the files "
		"that were uploaded, the folder of vectors, and what its settings are. Snapshots are kept in a "
		"repository (owctl repo init), encrypted for public keys.",
	.subcommands = subcommands,
};

bool backup_is_silent(const struct context *context)
{
	return context->globals.quiet && !context->globals.format;
}

void backup_complete(const char *prefix, struct strings *words)
{
	if (text_starts("latest", prefix))
		strings_add(words, "latest\tthe newest one");
}
