/* A database with rows: held for this owctl, found to be nobody else's, copied, migrated, looked at again. */
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/up.h"

/* ---- before the first change ---- */

fallible migrate_refuse_others(struct installation *installation)
{
	AUTO(strings) struct strings others = {0};
	TRY(db_others(installation->db, &others));
	if (!others.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&others, "; ");
	return error_hint(error_new(ERR_BUSY, "%s is in use: %s", db_display(installation->db), list),
			  "stop the servers first; --online goes on beside them");
}

/* Beside the database, named by the moment: nothing is ever in its way. */
static char *backup_name(const struct installation *installation, const struct migration_plan *plan)
{
	char moment[CLOCK_TEXT_SIZE] = "";
	clock_format(clock_now(), moment);
	AUTO(str) struct str name = {0};
	str_add_format(&name, "%s.%s.", installation->file, plan->from->id);
	for (const char *c = moment; *c; c++)
		if (*c != ':' && *c != '-')
			str_add_char(&name, *c);
	return str_take(&name);
}

static fallible back_up(struct installation *installation, const struct migration_plan *plan, char **backup)
{
	if (!db_can(installation->db, DB_CAN_COPY_FILE))
		return error_hint(error_new(ERR_USAGE, "owctl can't copy a %s database before it is migrated",
					    db_engine_name(installation->db)),
				  "make a backup, as with pg_dump; then say --no-backup");
	char *name = backup_name(installation, plan);
	struct error *error = db_copy(installation->db, name);
	if (error)
		free(name);
	else
		*backup = name;
	return error_wrap(error, "copying the database before the first change");
}

/* Leaves a write transaction in which the plan was made again: somebody else may have been quicker. */
static fallible prepare(struct installation *installation, const struct up_arguments *arguments,
			struct migration_plan *plan, char **backup)
{
	db_rollback(installation->db);
	TRY(migration_hold(installation, arguments->wait));
	TRY(db_begin(installation->db, DB_READ));
	TRY(installation_read_revision(installation));
	TRY(migration_plan(installation, plan->to, plan));
	TRY(migration_check_rows(installation, plan));
	db_rollback(installation->db);
	if (plan->pending && !arguments->online)
		TRY(migrate_refuse_others(installation));
	if (plan->pending && !arguments->no_backup)
		TRY(back_up(installation, plan, backup));
	return db_begin(installation->db, DB_WRITE);
}

/* ---- afterwards ---- */

/* What stopped it may have come after some revisions were there to stay. */
static fallible stopped(struct error *error, const struct migration *migration)
{
	error = error_wrap(error, "stopped after %d of %d revisions", migration->applied, migration->plan->pending);
	error = error_hint(error, "what is done stays; `owctl migrate up` goes on from there");
	if (migration->backup)
		log_note("%s has the database as it was before", migration->backup);
	return error;
}

static fallible check_after(struct installation *installation, const struct migration_plan *plan)
{
	AUTO(memory) char *fault = NULL;
	TRY(db_begin(installation->db, DB_READ));
	TRY(migration_check(installation, plan, &fault));
	db_rollback(installation->db);
	return fault ? error_new(ERR_FAILED, "after the last revision %s", fault) : NULL;
}

static fallible apply(struct context *context, struct installation *installation, struct migration *migration)
{
	AUTO(memory) char *where = installation_describe(installation);
	log_note("changing %s", where);
	struct error *error = migration_apply(installation, migration->plan, &migration->applied);
	if (migration->applied) {
		json_auto_t *details = migration_details(migration);
		context->change = CHANGE_MADE;
		audit_record(context, where, details);
	}
	if (error)
		return stopped(error, migration);
	TRY(check_after(installation, migration->plan));
	if (migration->backup)
		log_note("to go back: stop the servers, rm -f %s-wal %s-shm, and mv %s %s", installation->file,
			 installation->file, migration->backup, installation->file);
	return NULL;
}

fallible migrate_rows(struct context *context, struct installation *installation, const struct up_arguments *arguments,
		      struct migration_plan *plan)
{
	AUTO(memory) char *backup = NULL;
	struct migration migration = {.database = db_display(installation->db), .plan = plan, .applied = plan->pending};
	if (context->globals.dry_run)
		TRY(migration_check_rows(installation, plan));
	if (!plan->pending || context->globals.dry_run)
		return migration_print(context, &migration);
	TRY(prepare(installation, arguments, plan, &backup));
	migration.backup = backup;
	if (plan->pending)
		TRY(apply(context, installation, &migration));
	else
		migration.applied = 0;
	return migration_print(context, &migration);
}
