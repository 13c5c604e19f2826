/* A database with rows: held for this owctl, found to be nobody else's, copied, migrated, looked at again. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/up.h"
#include "migrate/apply.h"
#include "migrate/faults.h"
#include "migrate/forecast.h"
#include "migrate/rights.h"

#define LOCK_WAIT_S 300 /* as --lock-wait has it where it is not given */

/* ---- before the first change ---- */

static fallible check_disk(struct installation *installation, const struct migration_plan *plan, bool copied)
{
	TRY(db_begin(installation->db, DB_READ));
	TRY(forecast_check_disk(installation, plan, copied));
	db_rollback(installation->db);
	return NULL;
}

/* A run that goes on has a way back already, and a copy each time would fill the disk where it is started again and
 * again. */
static fallible back_up(struct context *context, struct installation *installation,
			const struct up_arguments *arguments, const struct migration_plan *plan, bool half_way,
			char **backup)
{
	bool copied = !*backup && !arguments->no_backup;
	if (copied)
		TRY(migrate_remove_parts(installation));
	TRY(check_disk(installation, plan, copied));
	return copied ? migrate_back_up(context, installation, half_way, backup) : NULL;
}

/* The plan is made again: somebody else may have been quicker. */
static fallible prepare(struct context *context, struct installation *installation,
			const struct up_arguments *arguments, struct migration_plan *plan, char **backup)
{
	db_rollback(installation->db);
	TRY(migration_hold(installation, arguments->wait));
	TRY(installation_look_again(installation));
	TRY(migration_plan(installation, plan->to, plan));
	TRY(faults_refuse(installation));
	TRY(migration_check_rows(installation, plan));
	if (!plan->pending) {
		db_rollback(installation->db);
		return NULL;
	}
	bool half_way;
	TRY(rights_check(installation, migration_first(plan), plan->to->ordinal));
	TRY(migrate_find_backup(context, installation, &half_way, backup));
	db_rollback(installation->db);
	if (!arguments->online)
		TRY(migrate_refuse_others(installation));
	return back_up(context, installation, arguments, plan, half_way, backup);
}

static fallible rehearse(struct context *context, struct installation *installation,
			 const struct up_arguments *arguments, const struct migration_plan *plan)
{
	TRY(migration_check_rows(installation, plan));
	if (!plan->pending)
		return NULL;
	bool half_way;
	AUTO(memory) char *backup = NULL;
	TRY(migrate_find_backup(context, installation, &half_way, &backup));
	migrate_tell_refusal(rights_check(installation, migration_first(plan), plan->to->ordinal));
	migrate_tell_refusal(forecast_check_disk(installation, plan, !backup && !arguments->no_backup));
	db_rollback(installation->db);
	if (!arguments->online)
		migrate_tell_refusal(migrate_refuse_others(installation));
	if (!arguments->no_backup)
		migrate_tell_refusal(migrate_check_backup(context, installation));
	return NULL;
}

/* ---- afterwards ---- */

/* What stopped it may have come after some revisions were there to stay. Whether a commit that was not answered was
 * made does not matter to one who goes on. */
static fallible stopped(const struct installation *installation, struct error *error, const struct up_outcome *outcome)
{
	if (db_commit_unknown(installation->db))
		error = error_without_hints(error);
	error = error_wrap(error, "stopped after %d of %d revisions", outcome->applied, outcome->plan->pending);
	error = error_hint_also(error, "what is done stays, and `owctl migrate up` goes on from there");
	migrate_tell_backup(outcome->backup);
	return error;
}

static fallible look_again(struct installation *installation, const struct migration_plan *plan, char **fault)
{
	TRY(db_begin(installation->db, DB_READ));
	TRY(migration_check(installation, plan, fault));
	db_rollback(installation->db);
	return NULL;
}

/* The outcome is told by then, and an error does not hide that it was reached. */
static fallible check_after(struct installation *installation, const struct migration_plan *plan)
{
	AUTO(memory) char *fault = NULL;
	struct error *error = look_again(installation, plan, &fault);
	if (error)
		error = command_not_read_back(error);
	else if (fault)
		error = error_new(ERR_FAILED, "after the last revision %s", fault);
	return error_hint(error, "`owctl migrate status` shows what is there");
}

/* A server that was there knows nothing of it, and writes on. */
static void warn_of_old_servers(const struct migration_plan *plan)
{
	if (revision_reaches(plan->from, REVISION_8452d01d26d7) || !revision_reaches(plan->to, REVISION_8452d01d26d7))
		return;
	log_warning("what servers of older releases write to chats from now on has no rows in chat_message: stop them, "
		    "then run `owctl migrate repair --only messages`");
}

static fallible apply(struct context *context, struct installation *installation,
		      const struct up_arguments *arguments, struct up_outcome *outcome)
{
	AUTO(memory) char *where = installation_describe(installation);
	log_note("changing %s", where);
	const struct manner manner = {.online = arguments->online,
				      .lock_wait_s = arguments->lock_wait,
				      .backup = outcome->backup};
	struct applied applied;
	struct error *error = migration_apply(installation, outcome->plan, &manner, &applied);
	outcome->applied = applied.revisions;
	outcome->begun = applied.begun;
	if (applied.revisions || applied.begun) {
		json_auto_t *details = up_details(outcome);
		context->change = CHANGE_MADE;
		audit_record(context, where, details);
	}
	if (error)
		return stopped(installation, error, outcome);
	migrate_tell_way_back(context, installation, outcome->backup);
	if (arguments->online)
		warn_of_old_servers(outcome->plan);
	return NULL;
}

static fallible tell_own(struct installation *installation, const struct migration_plan *plan)
{
	AUTO(strings) struct strings own = {0};
	TRY(own_find(installation->db, plan->from, &own));
	migrate_tell_own(&own, "left untouched");
	return NULL;
}

/* `plan` is what was seen before; the outcome borrows *backup. */
static fallible bring_up(struct context *context, struct installation *installation,
			 const struct up_arguments *arguments, struct migration_plan *plan,
			 struct up_outcome *outcome, char **backup)
{
	TRY(prepare(context, installation, arguments, plan, backup));
	outcome->backup = *backup;
	outcome->applied = 0;
	return plan->pending ? apply(context, installation, arguments, outcome) : NULL;
}

fallible migrate_rows(struct context *context, struct installation *installation, const struct up_arguments *arguments,
		      struct migration_plan *plan)
{
	AUTO(memory) char *backup = NULL;
	struct up_outcome outcome = {.database = db_display(installation->db), .plan = plan, .applied = plan->pending};
	TRY(faults_refuse(installation));
	if (plan->pending)
		TRY(tell_own(installation, plan));
	if (context->globals.dry_run)
		TRY(rehearse(context, installation, arguments, plan));
	if (!plan->pending || context->globals.dry_run)
		return up_print(context, &outcome);
	TRY(bring_up(context, installation, arguments, plan, &outcome, &backup));
	TRY(up_print(context, &outcome));
	return outcome.applied ? check_after(installation, plan) : NULL;
}

fallible command_migrate(struct context *context, const struct revision *to)
{
	const struct up_arguments arguments = {.no_backup = true, .lock_wait = LOCK_WAIT_S};
	AUTO(installation) struct installation installation = {0};
	AUTO(memory) char *backup = NULL;
	struct migration_plan plan;
	TRY(command_open_as(context, up_opening, &installation));
	TRY(migration_plan(&installation, to, &plan));
	if (!plan.pending)
		return NULL;
	struct up_outcome outcome = {.database = db_display(installation.db), .plan = &plan};
	TRY(faults_refuse(&installation));
	TRY(tell_own(&installation, &plan));
	TRY(bring_up(context, &installation, &arguments, &plan, &outcome, &backup));
	return check_after(&installation, &plan);
}
