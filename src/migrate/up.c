#include "migrate/up.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/progress.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/journal.h"

/* Of owctl's own: "owctl" in ASCII. Open WebUI takes none for its migrations. */
#define MIGRATION_LOCK 0x6f7763746cLL

fallible migration_lock(struct installation *installation)
{
	TRY(db_lock(installation->db, MIGRATION_LOCK));
	return installation_read_revision(installation);
}

#define LOOK_EVERY_MS 500

fallible migration_hold(struct installation *installation, int64_t wait_s)
{
	int64_t deadline = clock_monotonic_ms() + wait_s * 1000;
	for (bool told = false;; told = true) {
		AUTO(memory) char *holder = NULL;
		TRY(db_hold(installation->db, MIGRATION_LOCK, &holder));
		if (!holder)
			return NULL;
		if (clock_monotonic_ms() >= deadline)
			return error_hint(
				error_new(ERR_BUSY, "%s is being migrated by %s", db_display(installation->db), holder),
				"it may take a while; --wait 10m waits for it");
		if (!told)
			log_note("waiting for %s, who migrates the database", holder);
		cancel_sleep(LOOK_EVERY_MS);
		TRY(cancel_check());
	}
}

static fallible run_sql(struct installation *installation, const struct revision *revision)
{
	const struct chain_step *step = chain_step(revision);
	log_detail("%s %s", revision->id, revision->title);
	return alter_script(installation->db, db_pick(installation->db, step->sqlite_sql, step->postgresql_sql));
}

static fallible run_sql_after(struct installation *installation, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	const char *sql = code ? db_pick(installation->db, code->after_sqlite, code->after_postgresql) : NULL;
	return sql ? alter_script(installation->db, sql) : NULL;
}

fallible migration_check(struct installation *installation, const struct migration_plan *plan, char **fault)
{
	TRY(installation_read_revision(installation));
	if (installation->revision != plan->to)
		*fault = text_format("the database records %s instead of %s",
				     installation->recorded.count ? installation->recorded.items[0] : "no revision",
				     plan->to->id);
	return NULL;
}

/* ---- an empty database ---- */

static fallible insert_version(struct installation *installation, const struct revision *revision)
{
	struct db_value id = db_text(revision->id);
	return db_run(installation->db, "insert into alembic_version (version_num) values ($1)", &id, 1, NULL);
}

static fallible record(struct installation *installation, const struct revision *revision)
{
	TRY(db_script(installation->db, chain_version_table));
	return insert_version(installation, revision);
}

/* The database had none of these tables when it was looked at: whoever makes them now is at it as well. Open WebUI
 * takes no lock for its migrations, so this shows only when two want the same name. */
static fallible somebody_else(struct installation *installation, struct error *cause)
{
	AUTO(memory) char *text = error_text(cause);
	error_free(cause);
	return error_hint(error_new(ERR_BUSY,
				    "%s: somebody else makes tables there at the same time, nothing was changed (%s)",
				    db_display(installation->db), text),
			  "is Open WebUI starting on it? `owctl migrate status` tells when it is done");
}

fallible migration_create(struct installation *installation, const struct migration_plan *plan)
{
	struct error *error = NULL;
	struct progress progress;
	progress_start(&progress, "applying", "revisions", (size_t)plan->pending, SIZE_MAX);
	for (int ordinal = 1; !error && ordinal <= plan->to->ordinal; ordinal++) {
		const struct revision *revision = revision_at(ordinal);
		error = error_wrap(run_sql(installation, revision), "revision %s", revision->id);
		if (!error)
			error = error_wrap(run_sql_after(installation, revision), "revision %s", revision->id);
		progress_step(&progress);
	}
	progress_end();
	if (!error)
		error = record(installation, plan->to);
	return error && db_name_taken(installation->db) ? somebody_else(installation, error) : error;
}

/* ---- a database that is there ---- */

fallible migration_record(struct installation *installation, const struct revision *revision)
{
	bool exists;
	TRY(db_table_exists(installation->db, "alembic_version", &exists));
	if (!exists)
		return record(installation, revision);
	TRY(db_run(installation->db, "delete from alembic_version", NULL, 0, NULL));
	return insert_version(installation, revision);
}


static fallible move_version(struct installation *installation, const struct revision *from, const struct revision *to)
{
	int64_t changed;
	struct db_value parameters[] = {db_text(from->id), db_text(to->id)};
	TRY(db_run(installation->db, "update alembic_version set version_num = $2 where version_num = $1", parameters,
		   COUNT(parameters), &changed));
	if (changed == 1)
		return NULL;
	return error_hint(error_new(ERR_BUSY, "the database is no longer at revision %s", from->id),
			  "is a server migrating it? `owctl migrate status` tells where it is");
}

static fallible run_sql_before(struct work *work)
{
	const struct chain_code *code = chain_step(work->revision)->code;
	bool done = false;
	if (code && code->prepare)
		TRY(code->prepare(work));
	if (code && code->sql_is_done)
		TRY(code->sql_is_done(work->db, &done));
	return done ? NULL : run_sql(work->installation, work->revision);
}

static fallible run_revision(struct work *work)
{
	bool begun;
	const struct chain_code *code = chain_step(work->revision)->code;
	TRY(journal_begin(work, &begun));
	if (begun)
		log_note("going on with revision %s, which was cut off", work->revision->id);
	else
		TRY(run_sql_before(work));
	if (code && code->run)
		TRY(code->run(work));
	TRY(run_sql_after(work->installation, work->revision));
	TRY(journal_finish(work));
	return move_version(work->installation, revision_at(work->revision->ordinal - 1), work->revision);
}

static fallible apply_one(struct work *work)
{
	work->now = clock_now();
	work->committed = clock_monotonic_ms();
	struct error *error = run_revision(work);
	free(work->after);
	return error_wrap(error ? error : db_commit(work->db), "revision %s", work->revision->id);
}

fallible migration_apply(struct installation *installation, const struct migration_plan *plan, int *applied)
{
	struct progress progress;
	struct run run = {0};
	struct work pace = {0};
	*applied = 0;
	TRY(work_read_pace(installation->settings, &pace));
	struct error *error = journal_open(installation);
	progress_start(&progress, "applying", "revisions", (size_t)plan->pending, SIZE_MAX);
	while (!error && *applied < plan->pending) {
		error = *applied ? db_begin(installation->db, DB_WRITE) : NULL;
		if (!error)
			error = apply_one(&(struct work){.installation = installation,
							 .db = installation->db,
							 .revision = revision_at(plan->from->ordinal + *applied + 1),
							 .to = plan->to,
							 .run = &run,
							 .commit_ms = pace.commit_ms,
							 .page_rows = pace.page_rows});
		*applied += !error;
		progress_step(&progress);
	}
	progress_end();
	db_rollback(installation->db); /* after an error */
	return error;
}
