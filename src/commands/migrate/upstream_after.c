/* After a release's own migrations: what is recorded, and how far owctl knows it, whether the tables are as they should
 * be and all rows are there. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/upstream_job.h"

static json_t *details(const struct upstream_job *job, const char *recorded)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o}", "engine", "upstream", "release", audit_text(job->upstream.release),
			 "from", audit_text(job->from), "to", audit_text(recorded), "backup", audit_text(job->backup));
}

void upstream_record(struct upstream_job *job, const char *recorded)
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
fallible upstream_stopped(struct upstream_job *job, struct error *error)
{
	AUTO(memory) char *recorded = NULL;
	struct error *looked = installation_look_again(job->installation);
	if (!looked)
		recorded = strings_join(&job->installation->recorded, ", ");
	db_rollback(job->installation->db);
	upstream_record(job, looked ? "unknown" : *recorded ? recorded : NULL);
	migrate_tell_backup(job->backup);
	error_ignore(looked);
	return tell_state(error, recorded, job->from);
}

static fallible check_recorded(const struct upstream_job *job)
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
static fallible compare(struct upstream_job *job, const struct revision *revision, bool lacks_only, int *count)
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
static fallible check_own(struct upstream_job *job)
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

static fallible verify_known(struct upstream_job *job)
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

static fallible verify_unknown(struct upstream_job *job)
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

fallible upstream_look_after(struct upstream_job *job)
{
	TRY(installation_look_again(job->installation));
	TRY(check_recorded(job));
	struct error *error = job->plan.known_to ? verify_known(job) : verify_unknown(job);
	db_rollback(job->installation->db);
	return error;
}
