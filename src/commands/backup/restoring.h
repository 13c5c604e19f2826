/* What the parts of `owctl backup restore` share. */
#ifndef COMMANDS_BACKUP_RESTORING_H
#define COMMANDS_BACKUP_RESTORING_H

#include "backup/restore.h"
#include "base/temp_folder.h"
#include "commands/backup/backup.h"
#include "openwebui/revision.h"

struct restore_arguments {
	struct snapshot_choice choice;
	const char *repository, *identity, *set_aside, *user, *migrate_to, *secrets;
	struct strings tables; /* as they were given */
	bool database_only, files_only, replace;
};

struct restoring {
	struct context *context;
	const struct restore_arguments *arguments;
	struct repository repository;
	struct age_identities identities;
	struct record record;
	struct manifest manifest;
	struct db_target target;
	char *display; /* of the database */
	bool replacing; /* a database that is there */
	const char *file; /* SQLite's, as it is named when all is done; else NULL */
	struct set_aside aside;
	struct strings tables;   /* whose rows alone are replaced; none: all is restored */
	const struct revision *migrate_to; /* NULL: it stays at the snapshot's */
	struct strings left_out; /* tables that the other engine does not have */
	struct progress progress;
	struct temp_folder vectors; /* those that are to be switched in; without a path: none */
	char *vectors_folder;       /* the one that they take the place of */
	uint64_t rows, files;
	int64_t there; /* rows of --user that are there already */
};
void restoring_cleanup(struct restoring *restoring);

/* ERR_USAGE for what contradicts itself, ERR_INPUT for a file that is there already. */
fallible restore_check_arguments(const struct restore_arguments *arguments) MUST_CHECK;
/* Once the manifest is read: --tables, of which it keeps no others, and --migrate-to. ERR_INPUT for what it does not
 * have, or comes before it. */
fallible restoring_choose_tables(struct restoring *restoring) MUST_CHECK;
fallible restoring_choose_revision(struct restoring *restoring) MUST_CHECK;
/* Once the target is known. ERR_NO where a -wal or -journal lies beside the place of a new SQLite file. */
fallible restoring_check_place(const struct restoring *restoring) MUST_CHECK;

/* Into the database of the settings; in a dry run it looks whether it could. Counts the rows. */
fallible restoring_database(struct restoring *restoring) MUST_CHECK;
/* To where the settings say that uploads and vectors are. Counts the files. */
fallible restoring_files(struct restoring *restoring) MUST_CHECK;
/* With --replace, where there is a folder of vectors: `vectors` becomes one beside it, and the other call, once the
 * rows are there, has it take the place of the old one, which stays under another name. ERR_NO where that can't be. */
fallible restoring_stage_vectors(struct restoring *restoring, struct store_target *vectors) MUST_CHECK;
fallible restoring_switch_vectors(struct restoring *restoring) MUST_CHECK;
/* What belongs to one person alone, rows and files. */
fallible restoring_user(struct restoring *restoring) MUST_CHECK;

/* ERR_INPUT if keys are asked for and the snapshot has none. */
fallible restoring_check_secrets(const struct restoring *restoring) MUST_CHECK;
/* Writes them where they are asked for, and says what the server needs to read what was restored. */
fallible restoring_secrets(const struct restoring *restoring) MUST_CHECK;

/* The paths of rows in `table`, which is `file` or has rows of it, are those of the settings. */
fallible restoring_move_paths(struct restoring *restoring, struct db *db, const char *table) MUST_CHECK;
/* What the operator is to do besides: the secret key, vectors, replicas. */
fallible restoring_tell_what_is_left(const struct restoring *restoring) MUST_CHECK;
void restoring_tell_set_aside(const struct set_aside *aside);

/* Begins the line for who looks on, with all that is going to be fetched. */
void restoring_begin_progress(struct restoring *restoring);
struct progress *restoring_progress(struct restoring *restoring); /* NULL: nobody does */
/* Takes it away, and says how it went. */
void restoring_end_progress(struct restoring *restoring, bool well);

/* Whether nothing is to be changed: also with --user, unless --yes is said. */
bool restoring_is_dry(const struct restoring *restoring);

#endif
