/* `owctl migrate up --engine upstream`: a release's own migrations, between the same looks as owctl's. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/upstream_job.h"
#include "migrate/faults.h"
#include "migrate/forecast.h"
#include "migrate/journal.h"
#include "migrate/rights.h"
#include "migrate/watch.h"

static void upstream_job_cleanup(struct upstream_job *job)
{
	upstream_cleanup(&job->upstream);
	row_counts_cleanup(&job->before);
	strings_cleanup(&job->own);
	free(job->from);
	free(job->backup);
}

static bool is_something(const struct upstream_plan *plan)
{
	return plan->pending || plan->numbers;
}

static fallible print(struct upstream_job *job, const char *outcome)
{
	AUTO(memory) char *releases = migrate_releases(job->plan.known_to);
	return up_print_row(job->context, &(struct up_row){
						  .database = db_display(job->installation->db),
						  .from = job->from,
						  .to = job->plan.to,
						  .releases = releases,
						  .applied = job->plan.pending,
						  .backup = job->backup,
						  .outcome = outcome,
					  });
}

/* ---- before ---- */

static fallible make_plan(struct upstream_job *job)
{
	TRY(upstream_make_plan(job->installation, &job->upstream, job->arguments->to, &job->plan));
	free(job->from);
	job->from = text_copy(job->plan.from);
	return NULL;
}

/* What owctl knows of these revisions it looks for: its own run that was cut off, broken states, rows on which the
 * migrations would stop half-way. */
static fallible check(struct upstream_job *job)
{
	const struct upstream_plan *plan = &job->plan;
	bool watching;
	const struct revision *cut_off;
	TRY(journal_cut_off(job->installation, &cut_off));
	if (cut_off)
		return error_hint(error_new(ERR_FAILED, "owctl was cut off in revision %s; nothing was changed",
					    cut_off->id),
				  "`owctl migrate up` goes on with it");
	TRY(faults_refuse(job->installation));
	TRY(watch_is_open(job->installation->db, &watching));
	if (watching && plan->known_from)
		return error_hint(error_new(ERR_FAILED, "owctl was cut off between two revisions; nothing was changed"),
				  "`owctl migrate up` goes on from there");
	if (!plan->known_from || !plan->known_to)
		return NULL;
	return migration_check_rows(job->installation, &(struct migration_plan){.from = plan->known_from,
										.to = plan->known_to,
										.pending = plan->pending});
}

/* Where it is not known what the revisions do, it may be anything with any table. */
static fallible check_rights(struct upstream_job *job)
{
	const struct upstream_plan *plan = &job->plan;
	bool known = plan->known_from && plan->known_to && !plan->numbers;
	int first = known ? plan->known_from->ordinal + 1 : 1;
	return rights_check(job->installation, first, (plan->known_to ? plan->known_to : revision_head())->ordinal);
}

/* Where it is not known what the revisions need, there is to be room for the copy. */
static fallible check_disk(struct upstream_job *job)
{
	bool known = job->plan.known_from && job->plan.known_to;
	const struct migration_plan plan = {.from = known ? job->plan.known_from : revision_head(),
					    .to = known ? job->plan.known_to : revision_head(),
					    .pending = known ? job->plan.pending : 0};
	return forecast_check_disk(job->installation, &plan, !job->arguments->no_backup);
}

/* Under the lock all is looked at again; no transaction is open afterwards. */
static fallible prepare(struct upstream_job *job)
{
	struct db *db = job->installation->db;
	db_rollback(db);
	TRY(migration_hold(job->installation, job->arguments->wait));
	if (!job->arguments->no_backup)
		TRY(migrate_remove_parts(job->installation));
	TRY(installation_look_again(job->installation));
	TRY(make_plan(job));
	TRY(check(job));
	if (is_something(&job->plan))
		TRY(check_rights(job));
	if (is_something(&job->plan) && !job->plan.empty)
		TRY(check_disk(job));
	if (is_something(&job->plan) && !job->plan.known_to)
		TRY(row_counts_read(db, &job->before));
	if (job->plan.known_from && job->plan.known_to)
		TRY(own_find(job->installation->db, job->plan.known_from, &job->own));
	migrate_tell_own(&job->own, "unknown to these migrations");
	db_rollback(db);
	if (!is_something(&job->plan))
		return NULL;
	if (!job->arguments->online)
		TRY(migrate_refuse_others(job->installation));
	return job->plan.empty || job->arguments->no_backup
		       ? NULL
		       : migrate_back_up(job->context, job->installation, false, &job->backup);
}

/* ---- */

static fallible apply(struct upstream_job *job)
{
	AUTO(memory) char *where = installation_describe(job->installation);
	log_note("changing %s, with the migrations of %s", where, job->upstream.name);
	struct error *error = upstream_run(job->installation, &job->upstream, &job->plan);
	if (error)
		return upstream_stopped(job, error);
	upstream_record(job, job->plan.to);
	error = upstream_look_after(job);
	migrate_tell_way_back(job->context, job->installation, job->backup);
	return error_first(error, print(job, "migrated"));
}

static fallible go(struct upstream_job *job)
{
	bool dry_run = job->context->globals.dry_run;
	TRY(make_plan(job));
	if (!dry_run && is_something(&job->plan))
		TRY(prepare(job));
	else
		TRY(check(job));
	if (dry_run && is_something(&job->plan))
		migrate_tell_refusal(check_rights(job));
	if (!is_something(&job->plan) || dry_run)
		return print(job, is_something(&job->plan) ? "would migrate" : "nothing to do");
	return apply(job);
}

static fallible plan_new_file(struct context *context, const struct upstream *upstream, const char *target, bool *done)
{
	int place;
	TRY(upstream_find_target(upstream, target, &place));
	const char *to = upstream->chain.items[place];
	AUTO(memory) char *releases = migrate_releases(revision_find(to));
	const struct up_row row = {.to = to, .releases = releases, .applied = place + 1};
	return up_plan_new_file(context, &row, done);
}

static fallible check_arguments(const struct up_arguments *arguments)
{
	return arguments->python ? NULL
				 : error_hint(error_new(ERR_USAGE, "--engine upstream needs --python"),
					      "as in --python /opt/open-webui/venv/bin/python");
}

fallible migrate_by_upstream(struct context *context, const struct up_arguments *arguments)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(upstream_job)
	struct upstream_job job = {.context = context, .installation = &installation, .arguments = arguments};
	TRY(check_arguments(arguments));
	TRY(upstream_look(arguments->python, &job.upstream));
	if (context->globals.dry_run) {
		bool done;
		TRY(plan_new_file(context, &job.upstream, arguments->to, &done));
		if (done)
			return NULL;
	}
	TRY(command_open_as(context, up_opening, &installation));
	return go(&job);
}
