#include "commands/backup/backup.h"

#include <string.h>

#include "commands/commands.h"

static const struct command *const subcommands[] = {
	&backup_create_command, &backup_list_command,    &backup_show_command,  &backup_status_command,
	&backup_verify_command, &backup_restore_command, &backup_prune_command, NULL,
};

const struct command backup_command = {
	.name = "backup",
	.summary = "backups: create, list, show, status, verify, restore, prune",
	.description =
		"A snapshot is one consistent copy of an installation: its database as it is at one moment, the files "
		"that were uploaded, the folder of vectors, and what its settings are. Snapshots are kept in a "
		"repository (owctl repo init), encrypted for public keys.",
	.subcommands = subcommands,
};

static fallible none(const struct repository *repository, const char *name)
{
	if (!name || !strcmp(name, "latest"))
		return error_hint(error_new(ERR_INPUT, "%s has no snapshot", store_display(repository->store)),
				  "owctl backup create makes one");
	return error_hint(error_new(ERR_INPUT, "%s has no snapshot %s", store_display(repository->store), name),
			  "owctl backup list shows what there is");
}

static fallible choose(const struct repository *repository, const struct strings *snapshots, const char *name,
		       const char **chosen)
{
	*chosen = NULL;
	if ((!name || !strcmp(name, "latest")) && snapshots->count)
		*chosen = snapshots->items[snapshots->count - 1];
	for (size_t i = 0; name && !*chosen && i < snapshots->count; i++) {
		if (!text_starts(snapshots->items[i], name))
			continue;
		if (i + 1 < snapshots->count && text_starts(snapshots->items[i + 1], name))
			return error_hint(error_new(ERR_INPUT, "several snapshots begin with %s", name),
					  "give more of it");
		*chosen = snapshots->items[i];
	}
	return *chosen ? NULL : none(repository, name);
}

fallible backup_find(const struct repository *repository, const char *name, const unsigned char *key,
		     struct record *record)
{
	AUTO(strings) struct strings snapshots = {0};
	const char *chosen;
	TRY(record_list(repository, &snapshots));
	TRY(choose(repository, &snapshots, name, &chosen));
	return record_read(repository, chosen, key, record);
}

bool backup_is_silent(const struct context *context)
{
	return context->globals.quiet && !context->globals.format;
}

void backup_complete(const char *prefix, struct strings *words)
{
	if (text_starts("latest", prefix))
		strings_add(words, "latest\tthe newest one");
}
