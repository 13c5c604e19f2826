/* What the `owctl migrate` commands share. */
#ifndef COMMANDS_MIGRATE_MIGRATE_H
#define COMMANDS_MIGRATE_MIGRATE_H

#include "cli/command.h"
#include "commands/common.h"
#include "commands/migrating.h"
#include "migrate/own.h"
#include "migrate/up.h"
#include "migrate/verify.h"

extern const struct command migrate_status_command, migrate_plan_command, migrate_up_command, migrate_verify_command,
	migrate_repair_command, migrate_stamp_command, migrate_history_command;

/* Options of the commands that change a database with rows: members `online` (bool) and `wait` (seconds). */
#define MIGRATE_OPTION_ONLINE(type)                        \
	{.name = "online",                                 \
	 OPTION_FLAG(type, online),                        \
	 .help = "go on although others, as a running server, are connected to the database"}
#define MIGRATE_OPTION_WAIT(type)                          \
	{.name = "wait",                                   \
	 OPTION_DURATION(type, wait),                      \
	 .value_name = "DURATION",                         \
	 .help = "wait so long for another owctl that migrates the database, as in 10m; else it is busy"}
/* Member `lock_wait` (seconds). */
#define MIGRATE_OPTION_LOCK_WAIT(type)                                                                 \
	{.name = "lock-wait",                                                                          \
	 OPTION_DURATION(type, lock_wait),                                                             \
	 .value_name = "DURATION",                                                                     \
	 .fallback = "5m",                                                                             \
	 .help = "try so long to get a lock that somebody at the database holds, before it is given up as "\
		 "busy; on SQLite one try alone lasts up to --timeout"}

/* The releases that have a revision as their head: "0.12.4", "0.8.0 to 0.8.12", or NULL. To be freed. */
char *migrate_releases(const struct revision *revision);

/* ERR_SETTINGS for a database without a recorded revision, and the errors of installation_check_known. */
fallible migrate_check_recorded(const struct installation *installation) MUST_CHECK;

/* What is in the way now may be gone by then, as servers can be stopped: it is told, and is no error of a rehearsal.
 * Takes over `error`; NULL: nothing. */
void migrate_tell_refusal(struct error *error);

/* ERR_BUSY that names who else is at the database. Outside a transaction. */
fallible migrate_refuse_others(struct installation *installation) MUST_CHECK;

/* Ends the transaction and takes the database for this owctl alone, as migration_hold; then, unless `online`,
 * migrate_refuse_others. */
fallible migrate_take(struct installation *installation, int64_t wait_s, bool online) MUST_CHECK;

/* Before the first change a database is copied: SQLite's to a file beside it, another to a snapshot in the repository
 * of the settings. The copy is named by its path, or as "snapshot ID in LOCATION"; names are to be freed. */

/* ERR_USAGE where migrate_back_up can't be done: there --no-backup is needed; and the errors of the repository. */
fallible migrate_check_backup(struct context *context, const struct installation *installation) MUST_CHECK;
/* While the database is held, outside a transaction: removes unfinished copies, and says so. Before there is looked
 * for room for the next. */
fallible migrate_remove_parts(struct installation *installation) MUST_CHECK;
/* In an open transaction: the copy that the run was begun with that goes on now, if it is there, and says so. NULL:
 * there is to be a new one; then *half_way tells of what. */
fallible migrate_find_backup(struct context *context, struct installation *installation, bool *half_way,
			     char **backup) MUST_CHECK;
/* Outside a transaction. A copy of a database that is `half_way` through a migration is named so, and the journal
 * keeps it. */
fallible migrate_back_up(struct context *context, struct installation *installation, bool half_way, char **backup)
	MUST_CHECK;
bool migrate_is_half_way(const char *backup);
/* Says that it is there, after what it was made for has stopped; or how to go back to it. NULL: nothing. */
void migrate_tell_backup(const char *backup);
void migrate_tell_way_back(struct context *context, const struct installation *installation, const char *backup);

/* The same for snapshots alone. */
fallible migrate_check_snapshot(struct context *context, const struct installation *installation) MUST_CHECK;
fallible migrate_find_snapshot(struct context *context, const char *kept, char **name) MUST_CHECK;
fallible migrate_make_snapshot(struct context *context, bool half_way, char **name) MUST_CHECK;
bool migrate_is_half_way_snapshot(const char *name);
void migrate_tell_way_back_to_snapshot(struct context *context, const char *name);

/* What the catalogue has against a revision. */
fallible migrate_compare(struct installation *installation, const struct revision *revision,
			 struct findings *findings) MUST_CHECK;
void migrate_warn_of(const struct finding *finding);

/* Names what is its owner's (migrate/own.h) in one line, with `what` becomes of it; nothing where there is none. */
void migrate_tell_own(const struct strings *own, const char *what);

#endif
