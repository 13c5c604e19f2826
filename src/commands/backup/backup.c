#include "commands/backup/backup.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"
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
		"repository (owctl repo init), encrypted for public keys.\n\n"
		"On a terminal, and without -q and -o, what takes a while shows how far it is, how fast, and for how "
		"long still, and at the end how it went.",
	.subcommands = subcommands,
};

bool backup_is_watched(const struct context *context)
{
	const char *format = context->globals.format;
	return log_has_line() && (!format || text_equal(format, "table"));
}

void backup_tell_pace(struct context *context, const struct progress *progress, const char *what)
{
	int64_t taken = clock_monotonic_ms() - progress->started;
	size_t done = progress->done;
	AUTO(memory) char *bytes = number_bytes(done);
	AUTO(memory) char *pace = number_bytes((uint64_t)((double)done * 1000 / (double)(taken > 0 ? taken : 1)));
	if (backup_is_watched(context))
		context_done(context, "%s %s in %.1f s, %s/s", what, bytes, (double)taken / 1000, pace);
}
