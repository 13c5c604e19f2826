/* The SQLite driver's own state. Open WebUI may be running on the file: what that forbids is kept in open.c and
 * guard.c. */
#ifndef DB_SQLITE_SQLITE_H
#define DB_SQLITE_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>

#include "db/driver.h"

#define STATEMENTS_KEPT 8

struct sqlite {
	struct db base;
	sqlite3 *handle;
	int64_t statement_deadline; /* in clock_monotonic_ms, 0: none; or until when the next row must be there */
	int64_t lock_waited_ms; /* since it was opened or the last transaction ended */
	bool unhurried; /* no time-out for now */
	int lock; /* the descriptor of the lock file while that is held */
	struct kept_statement {
		char *sql;
		sqlite3_stmt *statement;
		uint64_t used; /* the `uses` of its last use */
	} kept[STATEMENTS_KEPT];
	uint64_t uses;
};

/* open.c */
fallible sqlite_open(const struct db_target *target, const struct db_options *options, struct db **db) MUST_CHECK;
fallible sqlite_would_create(const struct db_target *target, bool *would) MUST_CHECK;
/* The path as a URI of SQLite; `query` is what follows its "?". */
void sqlite_add_uri(struct str *uri, const char *path, const char *query);
/* The database's file, absolute and without symbolic links: names beside it are made of this. Borrowed. */
const char *sqlite_file(const struct sqlite *sqlite);
void sqlite_close(struct db *db);

/* memory.c: SQLite's large blocks are those of base/large.h, once it is told where. Before anything else of SQLite. */
void sqlite_prepare_memory(void);
void sqlite_use_large_blocks(struct sqlite *sqlite);

/* guard.c: time-outs, cancelling, and what may not be run at all */
void sqlite_guard(struct sqlite *sqlite);
void sqlite_start_clock(struct sqlite *sqlite); /* for the time-out, at the start of a statement */
void sqlite_next_row(struct sqlite *sqlite);     /* the same before each further row */
void sqlite_may_wait_to_commit(struct sqlite *sqlite); /* for a lock: a little, whatever was waited before */
int64_t sqlite_timeout_s(const struct sqlite *sqlite); /* which that is; 0: none */

/* functions.c: lower_unicode(text), what db_lower names */
int sqlite_add_functions(sqlite3 *handle);

/* error.c: the error for what SQLite answered last */
fallible sqlite_error(struct sqlite *sqlite, int code) MUST_CHECK;

/* statement.c */
fallible sqlite_prepare(struct sqlite *sqlite, const char *sql, sqlite3_stmt **statement) MUST_CHECK;
/* `keep`: SQLITE_STATIC or SQLITE_TRANSIENT, whether the value's bytes stay until the statement is done */
fallible sqlite_bind(struct sqlite *sqlite, sqlite3_stmt *statement, int index, const struct db_value *value,
		     sqlite3_destructor_type keep) MUST_CHECK;
void sqlite_forget_statements(struct sqlite *sqlite);

/* query.c */
fallible sqlite_script(struct db *db, const char *sql) MUST_CHECK;
fallible sqlite_query(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		      struct db_rows **rows) MUST_CHECK;
fallible sqlite_next(struct db_rows *rows, bool *row) MUST_CHECK;
struct db_value sqlite_value(sqlite3_stmt *statement, int column); /* of the current row; borrowed until the next */
struct db_value sqlite_cell(const struct db_rows *rows, int column);
const char *sqlite_cell_text(const struct db_rows *rows, int column);
void sqlite_rows_end(struct db_rows *rows);
void sqlite_rows_free(struct db_rows *rows);

/* hold.c: the lock file */
fallible sqlite_hold(struct db *db, int64_t number, char **holder) MUST_CHECK;
void sqlite_release(struct db *db, int64_t number);

/* alone.c */
fallible sqlite_alone_begin(struct db *db, enum db_patience patience) MUST_CHECK;
void sqlite_alone_end(struct db *db);

/* others.c */
fallible sqlite_others(struct db *db, struct strings *others) MUST_CHECK;
fallible sqlite_processes(struct db *db, struct db_processes *processes) MUST_CHECK;
/* Whether any process has that file open; also where it can't be told. */
bool sqlite_is_open(const char *path);

/* watch.c: a signal ends whatever the handle is at, until the cleanup; before that the handle stays open */
struct sqlite_watch {
	sqlite3 *handle;
	pthread_t thread;
	int wake;
	bool runs;
};
void sqlite_watch_begin(struct sqlite_watch *watch, sqlite3 *handle);
void sqlite_watch_cleanup(struct sqlite_watch *watch);

/* copy_parts.c */
void sqlite_remove_parts(struct db *db, bool (*is_copy)(const char *ending), struct strings *removed);

/* copy_same.c: the oldest copy beside the database whose bytes are those of the file open as `copy`, as db_copy_once
 * tells; to be freed. */
fallible sqlite_find_same(struct sqlite *sqlite, int copy, bool (*is_copy)(const char *ending), char **same)
	MUST_CHECK;

/* copy.c, and copy_check.c: the copy must have as many rows in its tables as `counts` says, in the order of names. */
fallible sqlite_copy(struct db *db, const char *path, bool (*is_copy)(const char *ending), char **same) MUST_CHECK;
struct sqlite_counts {
	struct strings tables;
	int64_t *rows;
};
fallible sqlite_count_rows(struct sqlite *sqlite, struct sqlite_counts *counts) MUST_CHECK;
fallible sqlite_check_copy(const char *path, const struct sqlite_counts *counts) MUST_CHECK;
void sqlite_counts_cleanup(struct sqlite_counts *counts);

/* declared.c: what the type that a column was declared with makes of values */
enum sqlite_declared {
	DECLARED_NOTHING, /* it is no column, but an expression */
	DECLARED_TEXT,    /* and columns without a type, which take a text as it is as well */
	DECLARED_BYTES,
	DECLARED_BOOLEAN,
	DECLARED_REAL,
	DECLARED_NUMERIC, /* all else, as JSON and dates: what looks like a number becomes one */
};
enum sqlite_declared sqlite_declared_of(const char *type); /* NULL: none */
/* Makes of a DB_TEXT what it stands for in such a column. Of bytes it is one that copy_decode_line gave. */
void sqlite_read_text(enum sqlite_declared declared, struct str *unescaped, struct db_value *value);
/* Whether that would make another value of this one's text. */
bool sqlite_is_odd(enum sqlite_declared declared, const struct db_value *value);

/* unload.c */
fallible sqlite_unload(struct db *db, const struct db_unload *unload) MUST_CHECK;

/* load.c and load_lines.c */
struct sqlite_load {
	struct db_load base;
	sqlite3_stmt *statement;
	int64_t given, taken; /* a trigger may drop a row without an error */
	char *table, **columns;
	enum sqlite_declared *declared; /* what follows is NULL until lines come */
	struct db_value *values;
	struct str unescaped;
};
fallible sqlite_load_begin(struct db *db, const char *table, const char *const *columns, size_t count,
			   struct db_load **load) MUST_CHECK;
fallible sqlite_load_row(struct db_load *load, const struct db_value *values) MUST_CHECK;
fallible sqlite_load_lines(struct db_load *load, const char *lines, size_t size, const struct db_odd *odd,
			   size_t odd_count) MUST_CHECK;
fallible sqlite_load_end(struct db_load *load, int64_t *rows) MUST_CHECK;
void sqlite_load_free(struct db_load *load);

/* parts.c */
extern const struct db_part_query sqlite_parts[];
extern const char sqlite_parts_refused[];

#endif
