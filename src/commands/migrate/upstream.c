/* `owctl migrate up --engine upstream`: a release's own migrations, between the same looks as owctl's. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/up.h"
#include "migrate/faults.h"
#include "migrate/forecast.h"
#include "migrate/row_counts.h"
#include "migrate/upstream.h"
#include "migrate/watch.h"

struct job {
	struct context *context;
	struct installation *installation;
	const struct up_arguments *arguments;
	struct upstream upstream;
	struct upstream_plan plan;
	struct row_counts before; /* where owctl does not know what the tables are to be */
	struct strings own;       /* what is not Open WebUI's, as far as owctl knows the revisions */
	char *from;               /* what was recorded, or NULL */
	char *backup;
};

static void job_cleanup(struct job *job)
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

static fallible print(struct job *job, const char *outcome)
{
	AUTO(memory) char *releases = migrate_releases(job->plan.known_to);
	return migration_print_row(job->context, &(struct migration_row){
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

static fallible make_plan(struct job *job)
{
	TRY(upstream_make_plan(job->installation, &job->upstream, job->arguments->to, &job->plan));
	free(job->from);
	job->from = text_copy(job->plan.from);
	return NULL;
}

/* What owctl knows of these revisions it looks for: its own run that was cut off, broken states, rows on which the
 * migrations would stop half-way. */
static fallible check(struct job *job)
{
	const struct upstream_plan *plan = &job->plan;
	bool watching;
	const struct revision *cut_off;
	TRY(verify_cut_off(job->installation, &cut_off));
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

/* Where it is not known what the revisions need, there is to be room for the copy. */
static fallible check_disk(struct job *job)
{
	bool known = job->plan.known_from && job->plan.known_to;
	const struct migration_plan plan = {.from = known ? job->plan.known_from : revision_head(),
					    .to = known ? job->plan.known_to : revision_head(),
					    .pending = known ? job->plan.pending : 0};
	return forecast_check_disk(job->installation, &plan, !job->arguments->no_backup);
}

/* Under the lock all is looked at again; no transaction is open afterwards. */
static fallible prepare(struct job *job)
{
	struct db *db = job->installation->db;
	db_rollback(db);
	TRY(migration_hold(job->installation, job->arguments->wait));
	TRY(db_begin(db, DB_READ));
	TRY(installation_read_revision(job->installation));
	TRY(make_plan(job));
	TRY(check(job));
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
	return job->plan.empty || job->arguments->no_backup ? NULL : migrate_back_up(job->installation, &job->backup);
}

/* ---- afterwards ---- */

static json_t *details(const struct job *job, const char *recorded)
{
	return json_pack("{s:s,s:s?,s:s?,s:s?,s:s?}", "engine", "upstream", "release", job->upstream.release, "from",
			 job->from, "to", recorded, "backup", job->backup);
}

static void record(struct job *job, const char *recorded)
{
	AUTO(memory) char *where = installation_describe(job->installation);
	json_auto_t *about = details(job, recorded);
	job->context->change = CHANGE_MADE;
	audit_record(job->context, where, about);
}

/* What is recorded now, "" for nothing, NULL if nobody knows; and what was before. */
static fallible tell_state(struct error *error, const char *recorded, const char *from)
{
	static const char look[] = "`owctl migrate status` tells whether something was left half-way, `owctl migrate "
				   "repair` mends it";
	if (!recorded)
		return error_hint(error, "%s", look);
	const char *now = *recorded ? recorded : "no revision", *before = from ? from : "no revision";
	if (text_equal(now, before))
		return error_hint(error, "the database records %s, as before; %s", now, look);
	return error_hint(error, "the database records %s, before it was %s; %s", now, before, look);
}

/* It failed, and may have come some of the way. Once owctl is told to stop, the database answers it no more. */
static fallible stopped(struct job *job, struct error *error)
{
	AUTO(memory) char *recorded = NULL;
	struct error *looked = db_begin(job->installation->db, DB_READ);
	if (!looked)
		looked = installation_read_revision(job->installation);
	if (!looked)
		recorded = strings_join(&job->installation->recorded, ", ");
	db_rollback(job->installation->db);
	record(job, looked ? "unknown" : *recorded ? recorded : NULL);
	migrate_tell_backup(job->backup);
	error_ignore(looked);
	return tell_state(error, recorded, job->from);
}

static fallible check_recorded(const struct job *job)
{
	const struct strings *recorded = &job->installation->recorded;
	if (recorded->count == 1 && text_equal(recorded->items[0], job->plan.to))
		return NULL;
	AUTO(memory) char *list = strings_join(recorded, ", ");
	return error_new(ERR_FAILED, "after the migrations of %s the database records %s instead of %s",
			 job->upstream.name, recorded->count ? list : "no revision", job->plan.to);
}

static bool is_lack(const struct finding *finding)
{
	return text_equal(finding->name, "missing-table") || text_equal(finding->name, "missing-column");
}

/* Warns of what speaks against `revision`: faults, or only what is missing. How many there are. */
static fallible compare(struct job *job, const struct revision *revision, bool lacks_only, int *count)
{
	AUTO(findings) struct findings findings = {0};
	TRY(migrate_compare(job->installation, revision, &findings));
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.items[i];
		if (finding->kind == FINDING_FOREIGN || (lacks_only && !is_lack(finding)))
			continue;
		migrate_warn_of(finding);
		++*count;
	}
	return NULL;
}

/* Making a table of SQLite anew, as Alembic does, drops its triggers. */
static fallible check_own(struct job *job)
{
	AUTO(strings) struct strings now = {0};
	if (!job->own.count)
		return NULL;
	TRY(own_find(job->installation->db, job->plan.known_to, &now));
	for (size_t i = 0; i < job->own.count; i++)
		if (!strings_have(&now, job->own.items[i]))
			log_warning("%s, which was not Open WebUI's, is gone", job->own.items[i]);
	return NULL;
}

static fallible verify_known(struct job *job)
{
	int count = 0;
	TRY(check_own(job));
	TRY(compare(job, job->plan.known_to, false, &count));
	if (!count)
		return NULL;
	return error_hint(error_new(ERR_NO, "it was migrated, but is not all that %s should be: %d finding%s",
				    job->plan.to, count, count == 1 ? "" : "s"),
			  "`owctl migrate verify` tells more");
}

static fallible verify_unknown(struct job *job)
{
	int lacks = 0;
	AUTO(row_counts) struct row_counts now = {0};
	AUTO(strings) struct strings fewer = {0};
	TRY(compare(job, revision_head(), true, &lacks));
	TRY(row_counts_read(job->installation->db, &now));
	row_counts_fewer(&job->before, &now, &fewer);
	for (size_t i = 0; i < fewer.count; i++)
		log_warning("fewer rows: %s", fewer.items[i]);
	log_note("this owctl does not know %s; it looked whether that alone is recorded, whether the tables and "
		 "columns of %s are there (%d missing), and whether tables have fewer rows (%zu have)",
		 job->plan.to, revision_head()->id, lacks, fewer.count);
	return NULL;
}

static fallible look_after(struct job *job)
{
	TRY(db_begin(job->installation->db, DB_READ));
	TRY(installation_read_revision(job->installation));
	TRY(check_recorded(job));
	struct error *error = job->plan.known_to ? verify_known(job) : verify_unknown(job);
	db_rollback(job->installation->db);
	return error;
}

/* ---- */

static fallible apply(struct job *job)
{
	AUTO(memory) char *where = installation_describe(job->installation);
	log_note("changing %s, with the migrations of %s", where, job->upstream.name);
	struct error *error = upstream_run(job->installation, &job->upstream, &job->plan);
	if (error)
		return stopped(job, error);
	record(job, job->plan.to);
	error = look_after(job);
	migrate_tell_way_back(job->installation, job->backup);
	return error_first(error, print(job, "migrated"));
}

static fallible go(struct job *job)
{
	bool dry_run = job->context->globals.dry_run;
	TRY(make_plan(job));
	if (!dry_run && is_something(&job->plan))
		TRY(prepare(job));
	else
		TRY(check(job));
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
	return migration_plan_new_file(
		context, &(struct migration_row){.to = to, .releases = releases, .applied = place + 1}, done);
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
	AUTO(job) struct job job = {.context = context, .installation = &installation, .arguments = arguments};
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
