/* The `owctl backup` commands. */
#ifndef COMMANDS_BACKUP_BACKUP_H
#define COMMANDS_BACKUP_BACKUP_H

#include "backup/manifest.h"
#include "base/progress.h"
#include "commands/common.h"
#include "commands/live.h"
#include "commands/repository.h"

extern const struct command backup_create_command, backup_list_command, backup_show_command, backup_verify_command,
	backup_restore_command, backup_prune_command, backup_status_command, backup_drill_command;

/* Which snapshot is meant, as the command line says. */
struct snapshot_choice {
	const char *name;  /* its ID, the beginning of one that no other has, or "latest"; NULL: the newest */
	const char *label; /* the newest of this installation alone; NULL: of any */
	int64_t as_of;     /* the newest that is not newer than this; 0: whenever */
};
/* Whether any one is named, in whatever way. */
bool backup_chooses(const struct snapshot_choice *choice);

/* ERR_INPUT if there is none; the hint tells the nearest. `key`: as in record_read. */
fallible backup_find(const struct repository *repository, const struct snapshot_choice *choice,
		     const unsigned char *key, struct record *record) MUST_CHECK;

/* Before anything is written: what would keep the database from being replaced by this one of the snapshot, and whether
 * it is to be. Nothing to ask where none is there. */
fallible backup_ask_to_replace(struct context *context, const struct db_target *target,
			       const struct manifest *manifest, const struct database_copy *copy) MUST_CHECK;
/* The same where the rows of the manifest's tables are to be replaced, and nothing else. ERR_NO without a database. */
fallible backup_ask_to_replace_rows(struct context *context, const struct db_target *target,
				    const struct manifest *manifest) MUST_CHECK;
/* Outside of transactions: no other owctl is at the database until `db` is closed, and nobody else is now: ERR_BUSY. */
fallible backup_take_database(struct db *db) MUST_CHECK;

/* Whether somebody looks on: a terminal, and neither -q nor a format for programs. Then work of bytes has a line that
 * says how far it is, and at the end how it went. */
bool backup_is_watched(const struct context *context);
/* "WHAT 1.2 GB in 12 s, 100.0 MB/s", for these. */
void backup_tell_pace(struct context *context, const struct progress *progress, const char *what);

/* These are for a member `choice`. */
#define SNAPSHOT_ARGUMENT(type_name, otherwise)                                                               \
	{                                                                                                      \
		.name = "SNAPSHOT", OPTION_TEXT(type_name, choice.name),                                       \
		.help = "the beginning of a snapshot's id, or `latest`" otherwise, .complete = complete_snapshot \
	}

#define CHOICE_OPTIONS(type_name)                                                                              \
	{.name = "as-of",                                                                                      \
	 OPTION_TIME(type_name, choice.as_of),                                                                 \
	 .value_name = "TIME",                                                                                 \
	 .help = "instead of SNAPSHOT: the newest that is not newer than this time, or than so long ago: "     \
		 "2026-11-24T10:49:41Z, 2026-11-24 (0:00 UTC), 2d"},                                           \
	{                                                                                                      \
		.name = "label", OPTION_TEXT(type_name, choice.label), .value_name = "NAME",                   \
		.help = "instead of SNAPSHOT: the newest of this installation"                                 \
	}

#endif
