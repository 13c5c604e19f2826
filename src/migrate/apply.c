#include "migrate/apply.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/phase.h"
#include "base/progress.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/effects.h"
#include "migrate/journal.h"
#include "migrate/later.h"
#include "migrate/patience.h"
#include "migrate/recorded.h"
#include "migrate/sql_token.h"
#include "migrate/watch.h"

static fallible run_sql_before(struct work *work)
{
	const struct chain_code *code = chain_step(work->revision)->code;
	bool done = false;
	if (code && code->prepare)
		TRY(code->prepare(work));
	if (code && code->sql_is_done)
		TRY(code->sql_is_done(work->db, &done));
	log_detail("%s %s", work->revision->id, work->revision->title);
	return done ? NULL : later_script(work, chain_sql(work->db, work->revision));
}

/* Its locks, from before the first change on, keep away rows that the code would come too late for. What is worked on
 * so is small, but for revisions that are older than anything that runs. */
static fallible lock_out_writers(struct work *work, const struct chain_code *code)
{
	AUTO(strings) struct strings tables = {0};
	work->whole = true;
	for (const struct chain_touch *touch = code->touches; touch && touch->table; touch++) {
		bool exists;
		TRY(db_table_exists(work->db, touch->table, &exists));
		if (exists)
			strings_add(&tables, touch->table);
	}
	return db_lock_tables(work->db, &tables, DB_LOCK_OUT_WRITERS);
}

/* The SQL before the rows. A lock that a change of a table takes is not kept while pages are worked on. */
static fallible begin_revision(struct work *work, const struct chain_code *code, bool begun)
{
	bool pages = code && code->redo;
	if (code && work->run->manner.online && !pages)
		TRY(lock_out_writers(work, code));
	if (begun && !work->again)
		log_note("going on with revision %s, which was cut off", work->revision->id);
	if (!begun)
		TRY(run_sql_before(work));
	if (!work->run->manner.online || !pages)
		return NULL;
	bool watch_is_new;
	TRY(watch_open(work, &watch_is_new));
	return watch_is_new || !begun ? work_commit(work) : NULL;
}

static bool renames_table(const char *at)
{
	if (!sql_take(&at, "ALTER TABLE"))
		return false;
	free(sql_take_name(&at));
	return sql_take(&at, "RENAME TO");
}

/* Up to where a table gets its name and is seen by others, and from there on. */
static fallible run_sql_after_in_two(struct work *work)
{
	const char *sql = chain_sql_after(work->db, work->revision);
	AUTO(str) struct str first = {0}, second = {0};
	AUTO(strings) struct strings statements = {0};
	if (sql)
		sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++) {
		bool renames = second.size || renames_table(statements.items[i]);
		str_add_format(renames ? &second : &first, "%s;\n", statements.items[i]);
	}
	if (work->pass < JOURNAL_COMPLETE) {
		TRY(later_script(work, str_text(&first)));
		TRY(journal_mark_stage(work, JOURNAL_COMPLETE));
		TRY(work_commit(work));
	}
	TRY(watch_redo(work));
	return later_script(work, str_text(&second));
}

static fallible run_rows(struct work *work, const struct chain_code *code)
{
	if (code && code->run && work->pass < JOURNAL_COMPLETE)
		TRY(code->run(work));
	if (code && code->redo && work->run->watching)
		return run_sql_after_in_two(work);
	const char *sql = chain_sql_after(work->db, work->revision);
	return sql ? later_script(work, sql) : NULL;
}

static fallible run_revision(struct work *work)
{
	bool begun;
	const struct chain_code *code = chain_step(work->revision)->code;
	TRY(journal_begin(work, &begun));
	if (work->pass < JOURNAL_IN_PLACE) {
		TRY(begin_revision(work, code, begun));
		TRY(run_rows(work, code));
		if (work->later)
			TRY(journal_mark_stage(work, JOURNAL_IN_PLACE));
	}
	if (work->later || work->pass == JOURNAL_IN_PLACE)
		TRY(later_do(work));
	if (work->run->watching && work->revision == work->run->to)
		TRY(watch_close(work));
	TRY(journal_finish(work));
	return recorded_move(work->db, revision_at(work->revision->ordinal - 1), work->revision);
}

static fallible try_revision(struct work *work, bool first)
{
	TRY(db_begin(work->db, DB_WRITE));
	if (first)
		TRY(journal_open(work->run->installation));
	if (first || work->again) /* a try that came to nothing has taken back what it did about that */
		TRY(watch_is_open(work->db, &work->run->watching));
	work->now = clock_now();
	work->committed = clock_monotonic_ms();
	TRY(run_revision(work));
	return db_commit(work->db);
}

/* Which tables its locks are on. */
static void find_tables(struct db *db, const struct revision *revision, struct strings *tables)
{
	AUTO(effects) struct effects effects = {0};
	struct error *error = db_begin(db, DB_READ);
	if (!error)
		error = effects_of(db, revision, &effects);
	db_rollback(db);
	error_ignore(error); /* they are only told */
	for (size_t i = 0; i < effects.count; i++)
		strings_add(tables, effects.items[i].table);
}

/* Again and again where others are in the way: from the last commit on, as after a kill. */
static fallible apply_revision(struct run *run, const struct revision *revision, struct patience *patience,
			       struct applied *applied)
{
	const bool first = !applied->revisions;
	struct db *db = run->installation->db;
	const struct run before = *run;
	for (bool again = false;; again = true) {
		AUTO(strings) struct strings tables = {0};
		struct work work = {.run = run, .db = db, .revision = revision, .again = again};
		size_t phase = phase_begin("revision", revision->id);
		struct error *error = try_revision(&work, first);
		phase_end(phase);
		bool blocked = error && db_was_blocked(db);
		free(work.after);
		db_rollback(db);
		applied->revisions += !error;
		applied->begun = error && (applied->begun || work.got_on);
		if (!error || work.got_on)
			patience_got_on(patience);
		if (blocked)
			find_tables(db, revision, &tables);
		if (!error || !blocked || !patience_goes_on(patience, &tables, &error))
			return error_wrap(error, "revision %s", revision->id);
		*run = before;
	}
}

fallible migration_apply(struct installation *installation, const struct migration_plan *plan,
			 const struct manner *manner, struct applied *applied)
{
	struct progress progress;
	struct run run = {.installation = installation, .to = plan->to, .manner = *manner};
	struct patience patience = {.db = installation->db, .most_s = manner->lock_wait_s};
	*applied = (struct applied){0};
	TRY(run_read_pace(&run));
	db_limit_lock_wait(installation->db, PATIENCE_TRY_S);
	struct error *error = NULL;
	progress_start(&progress, "applying", "revisions", (size_t)plan->pending, SIZE_MAX);
	while (!error && applied->revisions < plan->pending) {
		const struct revision *next = revision_at(plan->from->ordinal + applied->revisions + 1);
		error = apply_revision(&run, next, &patience, applied);
		progress_step(&progress);
	}
	progress_end();
	return error;
}
