/* The work of one revision on rows, in passes over tables, page by page. Between two pages it may be committed together
 * with how far it is (journal.h), so that neither time nor a kill undoes more than some seconds of it. */
#ifndef MIGRATE_WORK_H
#define MIGRATE_WORK_H

#include <stdbool.h>

#include "openwebui/installation.h"

/* How it goes about others, and what it was begun with. */
struct manner {
	bool online;         /* they are at the database, and are to get on: patience.h, later.h */
	int64_t lock_wait_s; /* how long their locks are waited for, each time something needs one (patience.h) */
	const char *backup;  /* the copy that was made before the run's first change, or NULL: kept by journal.h */
};

/* What the revisions of a run share. */
struct run {
	struct installation *installation;
	const struct revision *to; /* where it goes */
	struct manner manner;
	int64_t commit_ms;         /* how long a transaction lasts at least before a page ends it */
	int64_t page_rows;         /* rows in a page at most, where that is less than the pass's own; 0: no less */
	bool watching;             /* what others write to chats is noted (watch.h) */
	bool current_found;        /* b7c8d9e0f1a2 has done the work of 9a1b2c3d4e5f */
};

/* Of one revision, by one try: from its last commit on. */
struct work {
	struct run *run;
	struct db *db; /* the installation's, in a write transaction */
	const struct revision *revision; /* NULL: of none (faults.h); then nothing is kept of how far it is */
	int64_t now;  /* seconds; the same moment for all rows of the revision */
	int64_t rows; /* seen so far, by all passes and processes */
	/* Where the revision was cut off: passes before `pass` are done, and this one up to the key `after`. */
	int pass;
	char *after;
	int current;       /* the pass that is under way, from 1 on */
	int64_t committed; /* when the transaction began: ms, as clock_monotonic_ms */
	bool whole;        /* no page ends the transaction */
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
fallible run_read_pace(struct run *run) MUST_CHECK;

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
