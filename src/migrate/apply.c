/* A database with rows: its revisions one after the other, each from the last commit on, until it is recorded. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/progress.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/effects.h"
#include "migrate/journal.h"
#include "migrate/later.h"
#include "migrate/patience.h"
#include "migrate/recorded.h"
#include "migrate/sql_token.h"
#include "migrate/up.h"
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
	AUTO(str) struct str sql = {0};
	work->commit_ms = INT64_MAX;
	for (const struct chain_touch *touch = code->touches; touch && touch->table; touch++) {
		bool exists;
		TRY(db_table_exists(work->db, touch->table, &exists));
		if (!exists)
			continue;
		str_add(&sql, sql.size ? ", " : "LOCK TABLE ");
		db_add_identifier(&sql, touch->table);
	}
	str_add(&sql, " IN SHARE ROW EXCLUSIVE MODE");
	/* SQLite: a write transaction does. */
	const char *lock = text_starts(str_text(&sql), "LOCK") ? db_pick(work->db, NULL, str_text(&sql)) : NULL;
	return lock ? db_script(work->db, lock) : NULL;
}

/* The SQL before the rows. A lock that a change of a table takes is not kept while pages are worked on. */
static fallible begin_revision(struct work *work, const struct chain_code *code, bool begun)
{
	bool pages = code && code->redo;
	if (code && work->online && !pages)
		TRY(lock_out_writers(work, code));
	if (begun && !work->again)
		log_note("going on with revision %s, which was cut off", work->revision->id);
	if (!begun)
		TRY(run_sql_before(work));
	if (!work->online || !pages)
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
	if (code && code->redo && work->watching)
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
	if (work->watching && work->revision == work->to)
		TRY(watch_close(work));
	TRY(journal_finish(work));
	return recorded_move(work->db, revision_at(work->revision->ordinal - 1), work->revision);
}

static fallible try_revision(struct work *work, bool first)
{
	TRY(db_begin(work->db, DB_WRITE));
	if (first)
		TRY(journal_open(work->installation));
	if (first || work->again) /* a try that came to nothing has taken back what it did about that */
		TRY(watch_is_open(work->db, &work->watching));
	work->now = clock_now();
	work->committed = clock_monotonic_ms();
	TRY(run_revision(work));
	return db_commit(work->db);
}

/* Which tables its locks are on. */
static void find_tables(struct work *work, struct strings *tables)
{
	AUTO(effects) struct effects effects = {0};
	struct error *error = db_begin(work->db, DB_READ);
	if (!error)
		error = effects_of(work->db, work->revision, &effects);
	db_rollback(work->db);
	error_ignore(error); /* they are only told */
	for (size_t i = 0; i < effects.count; i++)
		strings_add(tables, effects.items[i].table);
}

/* Again and again where others are in the way: from the last commit on, as after a kill. */
static fallible apply_revision(struct work *work, bool first, struct patience *patience)
{
	work->after = NULL;
	const struct work start = *work;
	const struct run run = *work->run;
	for (;;) {
		AUTO(strings) struct strings tables = {0};
		struct error *error = try_revision(work, first);
		bool blocked = error && db_was_blocked(work->db);
		free(work->after);
		db_rollback(work->db);
		if (!error || work->got_on)
			patience_got_on(patience);
		if (blocked)
			find_tables(work, &tables);
		if (!error || !blocked || !patience_goes_on(patience, &tables, &error))
			return error_wrap(error, "revision %s", work->revision->id);
		*work = start;
		*work->run = run;
		work->again = true;
	}
}

fallible migration_apply(struct installation *installation, const struct migration_plan *plan,
			 const struct migration_manner *manner, int *applied)
{
	struct progress progress;
	struct run run = {0};
	struct work work = {.installation = installation,
			    .db = installation->db,
			    .to = plan->to,
			    .run = &run,
			    .online = manner->online,
			    .lock_wait_s = manner->lock_wait_s};
	struct patience patience = {.db = installation->db, .most_s = manner->lock_wait_s};
	*applied = 0;
	TRY(work_read_pace(installation->settings, &work));
	db_limit_lock_wait(installation->db, PATIENCE_TRY_S);
	struct error *error = NULL;
	progress_start(&progress, "applying", "revisions", (size_t)plan->pending, SIZE_MAX);
	while (!error && *applied < plan->pending) {
		struct work one = work;
		one.revision = revision_at(plan->from->ordinal + *applied + 1);
		error = apply_revision(&one, !*applied, &patience);
		work.watching = one.watching;
		*applied += !error;
		progress_step(&progress);
	}
	progress_end();
	return error;
}
