/* What a drill restores, and how it is looked at. */
#include "backup/stored_rows.h"
#include "base/log.h"
#include "commands/backup/drilling.h"
#include "migrate/verify.h"

static void tell(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].kind != FINDING_FOREIGN)
			log_note("%s: %s", findings->items[i].place, findings->items[i].what);
}

/* The rows are those of the snapshot by now: what is wrong with them was so where it was made. */
static fallible judge(const struct drilling *drilling, const struct findings *findings)
{
	size_t broken = 0;
	for (size_t i = 0; i < findings->count; i++)
		broken += findings->items[i].kind == FINDING_CATALOGUE && findings->items[i].breaks;
	if (!broken)
		return NULL;
	return error_hint(error_new(ERR_NO, "the restored database is not what revision %s makes: %zu finding%s on "
					    "which Open WebUI fails",
				    drilling->restoring.manifest.revision, broken, broken == 1 ? "" : "s"),
			  "look whether the installation itself has them: `owctl migrate verify`");
}

static fallible look_at_database(struct drilling *drilling)
{
	const struct installation_options how = {.access = DB_READ,
						 .any_revision = true,
						 .large_work = true,
						 .timeout_s = drilling->context->globals.timeout};
	AUTO(installation) struct installation installation = {0};
	AUTO(findings) struct findings findings = {0};
	TRY(installation_open(drilling->settings, &how, &installation));
	if (installation.standing != STANDING_KNOWN) {
		log_note("this owctl does not know the revision of the snapshot: whether its tables are as they should "
			 "be was not looked at");
		return NULL;
	}
	TRY(verify_database(&installation, false, &findings));
	drilling->findings = findings_faults(&findings);
	tell(&findings);
	return judge(drilling, &findings);
}

/* Written, and then read again from the disk and held against the hashes: what is there is compared. */
static fallible restore_files(struct drilling *drilling)
{
	TRY(restoring_files(&drilling->restoring));
	return restoring_files(&drilling->restoring);
}

/* A database of vectors can't be restored to where the others go: SQLite has no such types. */
static fallible check_vectors(struct restoring *restoring)
{
	const struct database_copy *copy = restoring->vectors_copy;
	AUTO(fetcher) struct fetcher fetcher = {.repository = &restoring->repository,
						.identities = &restoring->identities,
						.progress = restoring_progress(restoring)};
	if (!copy)
		return NULL;
	TRY(error_wrap(stored_rows_check(&fetcher, &copy->tables), "the vectors"));
	log_note("the rows of the vectors' database are as they were written; they were read, and not loaded");
	restoring->rows += tables_rows(&copy->tables);
	return NULL;
}

static fallible restore(struct drilling *drilling, enum drill_step *step)
{
	*step = DRILL_FILES;
	TRY(restore_files(drilling));
	*step = DRILL_ROWS;
	drilling->loaded = drilling->context->globals.database;
	TRY(restoring_database(&drilling->restoring));
	return check_vectors(&drilling->restoring);
}

/* The step is set before it is taken, and is none at the end. */
fallible drill_restore(struct drilling *drilling)
{
	enum drill_step *step = &drilling->drill.failed;
	struct restoring *restoring = &drilling->restoring;
	restoring->vectors_copy = manifest_database(&restoring->manifest, database_names[DATABASE_VECTORS]);
	restoring_begin_progress(restoring);
	struct error *error = restore(drilling, step);
	restoring_end_progress(restoring, !error);
	TRY(error);
	*step = DRILL_DATABASE;
	TRY(look_at_database(drilling));
	*step = DRILL_NONE;
	return NULL;
}
