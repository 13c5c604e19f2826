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
	int64_t jobs; /* 0: as many as are worth it */
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
	/* Of the vectors, where a database of their own gets them (a drill only reads them), else NULL; and that one,
	 * in a transaction. */
	const struct database_copy *vectors_copy;
	struct db *vectors_database;
	char *vectors_display;       /* of it, as `display` */
	const char *file; /* SQLite's, as it is named when all is done; else NULL */
	struct set_aside aside;
	struct strings tables;   /* whose rows alone are replaced; none: all is restored */
	const struct revision *migrate_to; /* NULL: it stays at the snapshot's */
	struct strings left_out; /* tables that the other engine does not have */
	struct progress progress;
	struct temp_folder vectors; /* those that are to be switched in; without a path: none */
	char *vectors_folder;       /* the one that they take the place of */
	bool unknown; /* the answer to COMMIT was lost */
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
/* Once the target is known: the one below, for a new SQLite file. */
fallible restoring_check_place(const struct restoring *restoring) MUST_CHECK;
/* A repository may be shared: what nobody has named is not put in the place of another installation. ERR_USAGE. */
fallible restoring_check_label(const struct restoring *restoring) MUST_CHECK;
/* ERR_NO where a -wal or -journal lies beside the place of a file that is not there yet: SQLite would take what they
 * have for that file's, if it is a database, and destroy it. */
fallible restoring_check_beside(const char *path) MUST_CHECK;

/* Into the database of the settings; in a dry run it looks whether it could. Counts the rows. */
fallible restoring_database(struct restoring *restoring) MUST_CHECK;
/* Whether the snapshot's database of the vectors is restored: if the settings have one. Before all that follows. */
fallible restoring_choose_vectors(struct restoring *restoring) MUST_CHECK;
/* Loads it into the one of the settings, before the main database; once that is there the other call commits. So what
 * fails leaves both as they were, or at the very end says that only the main one is new. Counts the rows. */
fallible restoring_load_vectors(struct restoring *restoring) MUST_CHECK;
fallible restoring_commit_vectors(struct restoring *restoring) MUST_CHECK;
/* As backup_ask_to_replace. */
fallible restoring_ask_for_vectors(const struct restoring *restoring) MUST_CHECK;
/* ERR_NO for a database that has tables. */
fallible restoring_check_empty(struct db *db) MUST_CHECK;
/* With how many connections: 1 is one transaction. For more it takes the database (migration_hold), and to drop what a
 * run left that was killed. */
fallible restoring_jobs(const struct restoring *restoring, struct db *db, const struct database_copy *copy,
			size_t *count) MUST_CHECK;
/* Loads it with as many, and switches it in: whatever happens leaves the old tables or the new ones. */
fallible restoring_load_beside(struct restoring *restoring, struct db *db, const struct database_copy *copy,
			       size_t count) MUST_CHECK;
/* Commits what the database gets. */
fallible restoring_commit(struct restoring *restoring, struct db *db) MUST_CHECK;
/* The name, to be freed, of a file beside `path` that is to become it; and what removes those that were left by who was
 * killed, and says so. One that is being written to stays. */
char *restoring_beside(const char *path) MUST_CHECK;
void restoring_sweep(const char *path);
/* What both ways share: a connection to load by, and, in an open transaction, the look at what is there, which with
 * --replace goes. */
fallible restoring_connect(const struct restoring *restoring, const struct db_target *target,
			   struct db **db) MUST_CHECK;
fallible restoring_make_room(const struct restoring *restoring, struct db *db, const struct database_copy *copy)
	MUST_CHECK;
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
bool restoring_has_paths(const struct restoring *restoring, const struct database_copy *copy);
/* What the operator is to do besides: the secret key, vectors, replicas. */
fallible restoring_tell_what_is_left(const struct restoring *restoring) MUST_CHECK;
void restoring_tell_set_aside(const struct set_aside *aside);

/* Begins to count, for who looks on, what of all that is going to be fetched is there. */
void restoring_begin_progress(struct restoring *restoring);
struct progress *restoring_progress(struct restoring *restoring); /* NULL: it was not begun */
/* Takes the line away, and says how it went. */
void restoring_end_progress(struct restoring *restoring, bool well);

/* Whether nothing is to be changed: also with --user, unless --yes is said. */
bool restoring_is_dry(const struct restoring *restoring);

#endif
