#include "migrate/work.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/journal.h"
#include "migrate/watch.h"
#include "migrate/work_page.h"

/* ---- pace ---- */

/* Others are kept waiting for no longer than by such a transaction. */
#define ONLINE_COMMIT_MS 500

static fallible read_number(struct settings *settings, const char *name, const char *what, int64_t *number)
{
	const char *value;
	char *end;
	TRY(settings_get(settings, name, &value));
	errno = 0;
	*number = strtoll(value, &end, 10);
	if (!errno && end != value && !*end && *number >= 0)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "%s (%s): \"%s\" is no number of %s", name,
				    settings_origin(settings, name), value, what),
			  "a whole number from 0 on; unset it for the default");
}

/* What is redone at most after a kill; and a transaction that is longer keeps others from cleaning up behind it. */
fallible run_read_pace(struct run *run)
{
	struct settings *settings = run->installation->settings;
	TRY(read_number(settings, "OWCTL_MIGRATE_COMMIT_MS", "milliseconds", &run->commit_ms));
	if (run->manner.online && run->commit_ms > ONLINE_COMMIT_MS)
		run->commit_ms = ONLINE_COMMIT_MS;
	return read_number(settings, "OWCTL_MIGRATE_PAGE_ROWS", "rows", &run->page_rows);
}

/* ---- commits ---- */

/* Who waits for SQLite's one lock looks for it every 100 ms: else nobody would find it free between two pages. */
#define OTHERS_TURN_MS 120

fallible work_commit(struct work *work)
{
	TRY(db_commit(work->db));
	work->got_on = true;
	if (work->run->manner.online)
		cancel_sleep(OTHERS_TURN_MS);
	work->committed = clock_monotonic_ms();
	return db_begin(work->db, DB_WRITE);
}

/* From the first commit on this run may be killed, and a server write to chats before the next one goes on. */
static fallible watch(struct work *work)
{
	bool is_new;
	const struct chain_code *code = chain_step(work->revision)->code;
	return code->redo ? watch_open(work, &is_new) : NULL;
}

static fallible commit_if_long(struct work *work, const char *after)
{
	if (work->only || work->whole || clock_monotonic_ms() - work->committed < work->run->commit_ms)
		return NULL;
	if (work->revision) {
		TRY(watch(work));
		TRY(journal_mark(work, after));
	}
	return work_commit(work);
}

fallible work_begin_anew(struct work *work, const char *sql)
{
	if (!work->pass)
		return NULL;
	free(work->after);
	work->after = NULL;
	work->pass = 0;
	work->rows = 0;
	return sql ? db_script(work->db, sql) : NULL;
}

/* ---- passes ---- */

/* How far a pass is. */
struct place {
	char *last;           /* key of the last row; NULL: at the beginning, or at the end */
	struct strings large; /* keys of rows that make a page each */
	size_t next;          /* among these */
};

static void place_cleanup(struct place *at)
{
	free(at->last);
	strings_cleanup(&at->large);
}

static fallible do_large(struct work *work, const struct pass *pass, struct place *at)
{
	at->last = text_copy(at->large.items[at->next++]);
	TRY(page_read_large(work, pass, at->last));
	TRY(pass->write(pass->state, work));
	work->rows++;
	return NULL;
}

static fallible do_page(struct work *work, const struct pass *pass, struct place *at)
{
	int64_t count;
	const char *stop = at->next < at->large.count ? at->large.items[at->next] : NULL;
	TRY(cancel_check());
	TRY(page_read(work, pass, &at->last, stop, &count));
	TRY(pass->write(pass->state, work));
	work->rows += count;
	return stop && !at->last ? do_large(work, pass, at) : NULL;
}

fallible work_pass(struct work *work, const struct pass *pass)
{
	AUTO(place) struct place at = {0};
	work->current++;
	if (work->current < work->pass)
		return NULL;
	if (work->current == work->pass)
		at.last = text_copy(work->after);
	TRY(page_find_large(work, pass, at.last, &at.large));
	do {
		TRY(do_page(work, pass, &at));
		if (at.last)
			TRY(commit_if_long(work, at.last));
	} while (at.last);
	return NULL;
}
