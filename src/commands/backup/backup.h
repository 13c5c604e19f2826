/* The `owctl backup` commands. */
#ifndef COMMANDS_BACKUP_BACKUP_H
#define COMMANDS_BACKUP_BACKUP_H

#include "backup/manifest.h"
#include "commands/common.h"
#include "commands/repository.h"

extern const struct command backup_create_command, backup_list_command, backup_show_command, backup_verify_command,
	backup_restore_command, backup_prune_command, backup_status_command;

/* A snapshot by its ID, by the beginning of one that no other has, or "latest" (also NULL): ERR_INPUT if there is
 * none. `key`: as in record_read. */
fallible backup_find(const struct repository *repository, const char *name, const unsigned char *key,
		     struct record *record) MUST_CHECK;

/* Before anything is written: what would keep the database from being replaced, and whether it is to be. Nothing to ask
 * where none is there. */
fallible backup_ask_to_replace(struct context *context, const struct db_target *target,
			       const struct manifest *manifest) MUST_CHECK;
/* Outside of transactions: no other owctl is at the database until `db` is closed, and nobody else is now: ERR_BUSY. */
fallible backup_take_database(struct db *db) MUST_CHECK;

/* Whether what was done is not to be printed: with --quiet, as for cron, unless a format was asked for. */
bool backup_is_silent(const struct context *context);

/* Completes the argument SNAPSHOT: a shell is not kept waiting for a store, so nothing is offered but "latest". */
void backup_complete(const char *prefix, struct strings *words);

#define SNAPSHOT_ARGUMENT(type_name, otherwise)                                                               \
	{                                                                                                      \
		.name = "SNAPSHOT", OPTION_TEXT(type_name, snapshot),                                          \
		.help = "the beginning of a snapshot's id, or `latest`" otherwise, .complete = backup_complete \
	}

#endif
