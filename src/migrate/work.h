/* The work of one revision on rows, in passes over tables, page by page. Between two pages it may be committed together
 * with how far it is (journal.h), so that neither time nor a kill undoes more than some seconds of it. */
#ifndef MIGRATE_WORK_H
#define MIGRATE_WORK_H

#include <stdbool.h>

#include "openwebui/installation.h"

/* What the work on one revision has done for a later one, in this process. */
struct run {
	bool current_found; /* b7c8d9e0f1a2 for 9a1b2c3d4e5f */
};

struct work {
	struct installation *installation;
	struct db *db; /* the installation's, in a write transaction */
	const struct revision *revision; /* NULL: of none (faults.h); then nothing is kept of how far it is */
	const struct revision *to; /* where the run goes */
	struct run *run;
	int64_t now;  /* seconds; the same moment for all rows of the revision */
	int64_t rows; /* seen so far, by all passes and processes */
	/* Where the revision was cut off: passes before `pass` are done, and this one up to the key `after`. */
	int pass;
	char *after;
	int current;       /* the pass that is under way, from 1 on */
	int64_t committed; /* when the transaction began: ms, as clock_monotonic_ms */
	int64_t commit_ms; /* how long it lasts at least before a page ends it */
	int64_t page_rows; /* rows in a page at most, where that is less than the pass's own; 0: no less */
	int64_t lock_wait_s; /* how long others' locks are waited for in all (patience.h) */
	bool online;       /* others are at the database, and are to get on */
	bool watching;     /* what they write to chats is noted (watch.h) */
	bool later;        /* something is left for later_do (later.h) */
	bool again;        /* it was tried before by this process, and others were in the way */
	bool got_on;       /* something was committed */
	const struct strings *only; /* passes are over rows with these keys alone, in one go; NULL: over all */
};

/* Commits, lets others come to it, and begins anew. How far it is was marked before. */
fallible work_commit(struct work *work) MUST_CHECK;

/* Of a revision that was cut off between two pages: `sql` (or NULL) takes back what they made, and the passes begin
 * anew, since a server may have changed what they read. For what no watch is kept on, and is done in a moment. */
fallible work_begin_anew(struct work *work, const char *sql) MUST_CHECK;

/* Runs a statement that ends with "IN " on the keys in work->only. */
fallible work_run_only(struct work *work, const char *sql) MUST_CHECK;

/* How often it is committed, as the operator wants it, but beside others more often: sets commit_ms and page_rows. */
fallible work_read_pace(struct settings *settings, struct work *work) MUST_CHECK;

/* One pass over a table, in the order of its key (a row without one belongs to nothing, and is passed over), which
 * is unique and a text. `read` gets each row while the page streams: it keeps what it needs, and runs no statement.
 * `write` gets the page's end: it writes what was kept, and forgets it. */
struct pass {
	const char *table;
	const char *key;     /* its column, which is column 0 of a row; NULL: "id" */
	const char *large;   /* a column that may hold a text of any size, column 1 of a row; NULL: none */
	const char *columns; /* that follow: "name, meta"; NULL: none */
	const char *where;   /* or NULL: all rows */
	int page;            /* rows in a page, at most */
	bool (*full)(
		const void *state); /* whether a page is to end with the row that was read; NULL: by `page` alone */
	fallible (*read)(void *state, const struct db_rows *row);
	fallible (*write)(void *state, struct work *work);
	void *state;
};
fallible work_pass(struct work *work, const struct pass *pass) MUST_CHECK;

#endif
