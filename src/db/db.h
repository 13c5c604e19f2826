/* Databases behind one interface. Nothing above asks which driver it has; it asks what the driver can do (db_can) and
 * hands over SQL that both engines understand, or the engine's own text by db_pick.
 *
 * All work but what stands under "outside of transactions" happens inside one: that makes reads consistent, and carries
 * time-outs and the schema through a connection pooler. Parameters are $1, $2, .. on both engines. One statement's rows
 * at a time. A statement that fails spoils its transaction on both engines: nothing but db_rollback works then, and
 * db_commit fails. A connection belongs to one thread at a time.
 *
 * Errors: ERR_UNREACHABLE (refused, gone, timed out while connecting), ERR_PERMISSION (credentials, rights, read-only
 * file), ERR_BUSY (lock or statement time-out, deadlock, serialization), ERR_INPUT (not a database, damaged, or a
 * constraint), ERR_SETTINGS (no such database, schema or file), ERR_INTERRUPTED (signal; the server is told to stop),
 * ERR_FAILED otherwise. While connecting, "refused" and "starting up" are tried again within connect_timeout. A lost
 * connection is never made again behind the caller's back: session locks and the transaction went with it. */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/sink.h"
#include "base/str.h"
#include "db/target.h"

/* ---- values ---- */

/* A parameter's type matters to PostgreSQL: DB_INTEGER is a bigint (which fits every integer column), DB_BOOLEAN a
 * boolean, DB_REAL a double precision, DB_BLOB a bytea; DB_TEXT is left to the server to work out from where it stands,
 * so that it fits a column of any type (json, timestamp, uuid). SQLite keeps a boolean as 0 or 1, as Open WebUI does.
 * What is read is never DB_BOOLEAN, but DB_INTEGER. */
enum db_type { DB_NULL, DB_INTEGER, DB_BOOLEAN, DB_REAL, DB_TEXT, DB_BLOB };

struct db_value {
	enum db_type type;
	int64_t integer; /* DB_INTEGER, and DB_BOOLEAN as 0 and 1 */
	double real;
	const char *text; /* DB_TEXT and DB_BLOB: `size` bytes, borrowed; a text is also NUL-terminated */
	size_t size;
};

static inline struct db_value db_null(void)
{
	return (struct db_value){.type = DB_NULL};
}
static inline struct db_value db_integer(int64_t value)
{
	return (struct db_value){.type = DB_INTEGER, .integer = value};
}
static inline struct db_value db_boolean(bool value)
{
	return (struct db_value){.type = DB_BOOLEAN, .integer = value};
}
static inline struct db_value db_real(double value)
{
	return (struct db_value){.type = DB_REAL, .real = value};
}
static inline struct db_value db_blob(const void *bytes, size_t size)
{
	return (struct db_value){.type = DB_BLOB, .text = bytes, .size = size};
}
static inline struct db_value db_text_n(const char *text, size_t size)
{
	return (struct db_value){.type = DB_TEXT, .text = text, .size = size};
}
static inline struct db_value db_text(const char *text) /* NULL is SQL NULL */
{
	return text ? db_text_n(text, strlen(text)) : db_null();
}

/* Whether it was read from a column of texts. SQLite takes bytes there too, as some tools write them, and Python reads
 * JSON from these as from a text. */
static inline bool db_is_text(struct db_value value)
{
	return value.type == DB_TEXT || value.type == DB_BLOB;
}

/* ---- connections ---- */

struct db;

struct db_options {
	bool read_only;            /* SQLite is opened so that it can't write; PostgreSQL transactions are read only */
	bool create;               /* SQLite: make the file if there is none (refused when read_only) */
	bool may_be_empty;         /* SQLite: a file of no bytes is a database without tables, and no mistake */
	bool large_values;         /* SQLite: up to its own limit of a gigabyte, instead of 64 MiB */
	int64_t connect_timeout_s; /* in all, over all hosts; 0: what the target or PGCONNECT_TIMEOUT says, or 10 s */
	/* 0: 10 s; how long to wait for others: on PostgreSQL each statement, on SQLite all that belongs to a
	 * transaction (opening, beginning, writing, and the commit, which has a second at least) */
	int64_t lock_timeout_s;
	int64_t statement_timeout_s; /* 0: none; how long a statement may take from its start to its last row */
	/* 0: none; without a statement_timeout_s, how long to wait for the next row or the end before the statement is
	 * given up: ERR_BUSY if it could be stopped, ERR_UNREACHABLE if the server says nothing at all. */
	int64_t silence_timeout_s;
};

fallible db_open(const struct db_target *target, const struct db_options *options, struct db **db) MUST_CHECK;
/* A database of its own in memory, for SQL that is only to be looked at; SQLite, whatever else is open. */
fallible db_open_in_memory(struct db **db) MUST_CHECK;
/* Whether db_open with `create` would make the database (SQLite: there is no file yet); its errors if it could not. */
fallible db_would_create(const struct db_target *target, bool *would) MUST_CHECK;
void db_close(struct db *db); /* rolls back what is open; NULL is fine */
static inline void db_cleanup(struct db **db)
{
	db_close(*db);
}

enum db_feature {
	DB_CAN_ENFORCE_FOREIGN_KEYS = 1, /* deletes follow ON DELETE by themselves, as Open WebUI runs it */
	DB_CAN_ALTER_TABLES = 2, /* types and constraints of a table with rows; else it has to be made anew */
	DB_CAN_STORE_ANYTHING = 4, /* a text with a NUL in it; in a JSON column what is no JSON, as NaN */
	DB_CAN_COPY_FILE = 8, /* db_copy */
	DB_CAN_HOLD_LARGE = 16, /* a row with large values is read and written as any other (base/large.h) */
	DB_CAN_SHARE_STATE = 32, /* db_share_state */
	DB_CAN_USE_SCHEMAS = 64, /* db_prefer_schema, db_drop_schema */
};
bool db_can(const struct db *db, enum db_feature feature);
const char *db_engine_name(const struct db *db);    /* "SQLite", "PostgreSQL" */
const char *db_server_version(const struct db *db); /* "3.40.1", "15.18"; borrowed */
const char *db_display(const struct db *db);        /* where it is, without secrets; borrowed */

/* The text for this engine, where one SQL can't serve both. */
const char *db_pick(const struct db *db, const char *sqlite, const char *postgresql);

/* The SQL function that makes a text lower case, letters beyond A to Z too. On PostgreSQL these are those that the
 * database's locale knows: all, but for a database with the locale C. Not for what an index was made with. */
const char *db_lower(const struct db *db);

/* Appends a name in double quotes, as both engines take it: "user" and "group" are reserved words of PostgreSQL. */
void db_add_identifier(struct str *sql, const char *name);

/* Appends a text to a pattern of LIKE .. ESCAPE '\', so that the signs of LIKE in it stand for themselves. */
void db_add_like(struct str *pattern, const char *text);

/* ---- transactions ---- */

/* DB_READ sees one state throughout. DB_WRITE takes SQLite's write lock at once, waiting up to lock_timeout.
 * After db_commit the transaction is over, committed or, on error, not: unless db_commit_unknown. */
enum db_access { DB_READ, DB_WRITE };
fallible db_begin(struct db *db, enum db_access access) MUST_CHECK;
fallible db_commit(struct db *db) MUST_CHECK;
/* Whether others who want to write are kept waiting until the open transaction ends: it is a DB_WRITE itself, or it
 * reads an SQLite file outside WAL mode. Nothing that has no end of its own may be waited for meanwhile. */
bool db_keeps_writers_waiting(struct db *db);
bool db_commit_unknown(const struct db *db); /* the last db_commit failed because its answer was lost */
void db_rollback(struct db *db); /* no-op outside a transaction; rows that were still to come are at their end */

/* In a DB_WRITE transaction: one at a time of those who take the lock of this number, until the transaction ends. Waits
 * up to lock_timeout: ERR_BUSY. Nothing to do on SQLite, where DB_WRITE is that already. */
fallible db_lock(struct db *db, int64_t number) MUST_CHECK;

/* In a DB_WRITE transaction, until it ends: keeps others from writing to tables that are there, or from reading too.
 * Waits as db_lock does, and has nothing to do on SQLite either. */
enum db_lock_out { DB_LOCK_OUT_WRITERS, DB_LOCK_OUT_ALL };
fallible db_lock_tables(struct db *db, const struct strings *tables, enum db_lock_out whom) MUST_CHECK;

/* Whether the last statement failed because another one made something of the same name meanwhile. */
bool db_name_taken(const struct db *db);

/* Whether the last transaction or db_alone failed because others were in its way: a lock was not to be had in time, a
 * deadlock, a change that came first (serialization). The same again may do. */
bool db_was_blocked(const struct db *db);

/* How long a lock is waited for from the next transaction or db_alone on. On PostgreSQL, where all who come later queue
 * behind one who waits for a strong lock; elsewhere nobody does, and the lock_timeout of db_options stays. */
void db_limit_lock_wait(struct db *db, int64_t seconds);
int64_t db_lock_wait(const struct db *db); /* how long that is now, in seconds */

/* From the next transaction on, names without a schema are made in this schema, and looked for in it before they are
 * where they were; with DB_CAN_USE_SCHEMAS. For who keeps the schema from going away meanwhile: names of what went
 * with it would be found elsewhere. */
void db_prefer_schema(struct db *db, const char *schema);

/* Outside of transactions: drops a schema with all that is in it, whatever happened, also after a signal. What becomes
 * of it is not waited for longer than a moment: the server goes on by itself, and a lock that is held goes after it. */
void db_drop_schema(struct db *db, const char *schema);

/* ---- statements ---- */

/* Runs one statement; `changed` (may be NULL) gets the number of rows. */
fallible db_run(struct db *db, const char *sql, const struct db_value *parameters, size_t count, int64_t *changed)
	MUST_CHECK;

/* Runs a script of statements without parameters or results (a migration). */
fallible db_script(struct db *db, const char *sql) MUST_CHECK;

struct db_rows;

/* Starts a query. Rows stream: memory does not depend on their number. The next statement can run once db_next said
 * that there are no more rows, or after db_rows_free. Errors of the statement come from here or from db_next. */
fallible db_query(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		  struct db_rows **rows) MUST_CHECK;
fallible db_next(struct db_rows *rows, bool *row) MUST_CHECK; /* *row false: there are no more */
/* For loops: whether there is another row; *error (NULL: none) tells why there is none. */
static inline bool db_row(struct db_rows *rows, struct error **error)
{
	bool row = false;
	*error = db_next(rows, &row);
	return row && !*error;
}
/* Of the current row; borrowed until the next db_next. PostgreSQL's bool, int and bigint come as DB_INTEGER, its floats
 * as DB_REAL, the rest as DB_TEXT; SQLite gives what is stored. */
struct db_value db_cell(const struct db_rows *rows, int column);
int64_t db_cell_integer(const struct db_rows *rows, int column); /* 0 for NULL; texts that are numbers are read */
const char *db_cell_text(const struct db_rows *rows, int column); /* NULL for NULL; numbers as text; U+FFFD for NUL */
/* Ends the query early if rows remain (PostgreSQL: by reading past them, as a cancelled statement would spoil the
 * transaction; give queries a LIMIT). NULL is fine. */
void db_rows_free(struct db_rows *rows);
static inline void db_rows_cleanup(struct db_rows **rows)
{
	db_rows_free(*rows);
}

/* One row, one column: the value's text (to be freed, NULL for SQL NULL), `found` false without a row. */
fallible db_single_text(struct db *db, const char *sql, const struct db_value *parameters, size_t count, bool *found,
			char **text) MUST_CHECK;
/* The first column of all rows: those that are not NULL are added to `texts`. */
fallible db_texts(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		  struct strings *texts) MUST_CHECK;
fallible db_single_integer(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
			   int64_t *value) MUST_CHECK; /* 0 without a row */

/* ---- large values ---- */

/* Where DB_CAN_HOLD_LARGE is missing, a row that comes with large values (of LARGE_BLOCK bytes, base/large.h) takes
 * several times as much of the process's memory. They are to be left out of queries, and read in pieces; db_load_row
 * takes them as they are. */

/* A condition in SQL that is true for rows whose value in a column is large; false on an engine that can hold them. Of
 * rows that take little room in the database the value is not looked at. To be freed. */
char *db_is_large(const struct db *db, const char *column) MUST_CHECK;

/* Appends the text in `column` of the row whose `key_column` is `key`; nothing where it is NULL or not there. */
fallible db_read_large(struct db *db, const char *table, const char *key_column, const char *key, const char *column,
		       struct str *text) MUST_CHECK;

/* Gives a cell of the current row another value, which is borrowed, until the next row. One cell of a row at most. */
void db_put_cell(struct db_rows *rows, int column, struct db_value value);

/* ---- bulk loading ---- */

struct db_load;

/* Starts loading rows into a table: COPY on PostgreSQL, one prepared INSERT on SQLite. Names are plain identifiers and
 * quoted by the driver. Until db_load_end no other statement can run on `db`. */
fallible db_load_begin(struct db *db, const char *table, const char *const *columns, size_t count,
		       struct db_load **load) MUST_CHECK;
/* The values may go away after the call. What is wrong with a row may be told later, with its number. */
fallible db_load_row(struct db_load *load, const struct db_value *values) MUST_CHECK;
/* Frees *load and sets it to NULL, also on error. `rows` (may be NULL) gets how many the engine says it took. */
fallible db_load_end(struct db_load **load, int64_t *rows) MUST_CHECK;
void db_load_abort(struct db_load *load); /* spoils the transaction if that is still open; NULL is fine */
static inline void db_load_cleanup(struct db_load **load)
{
	db_load_abort(*load);
}

/* ---- tables as text ---- */

/* Rows are lines of PostgreSQL's COPY text format, on both engines, with values as PostgreSQL writes them for a column
 * of that type: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". SQLite's types are those that
 * the column was declared with, as Open WebUI's tables are: BOOLEAN is t or f, bytes are \\x.., all else is its text.
 *
 * SQLite keeps any value in any column, and in a text a NUL, or bytes that are no UTF-8. A NUL is written as \x00,
 * which PostgreSQL refuses; bytes stay as they are. A value is odd when its text, put into that column again, would not
 * be that very value (bytes in a column of texts), and in a column of booleans whatever is none: the line has its text,
 * and besides the value itself is told. */
struct db_odd {
	int64_t row; /* the line, counted from 0 */
	int column;  /* counted from 0 */
	struct db_value value; /* borrowed */
};

struct db_unload {
	const char *query; /* SELECT columns FROM table ..; what is no plain column of a table is never odd */
	struct sink lines; /* gets pieces that end with lines; a line longer than a piece comes in several of its own */
	fallible (*odd)(void *state, const struct db_odd *odd); /* before the piece that has the line; NULL: dropped */
	void *state; /* for `odd` */
};
/* Neither sink may run statements on `db`. */
fallible db_unload(struct db *db, const struct db_unload *unload) MUST_CHECK;

/* Loads whole lines, as db_load_row does rows, in their order. PostgreSQL is given them as they are. `odd`: values that
 * go in place of those in the lines, in order of rows, which are counted from 0 at `lines`; only SQLite takes them.
 * ERR_INPUT for a line that has not as many columns as the load, or is no COPY text. */
fallible db_load_lines(struct db_load *load, const char *lines, size_t size, const struct db_odd *odd,
		       size_t odd_count) MUST_CHECK;

/* Loads whole lines, all of them or none: the transaction goes on where the engine refuses one. `refused` gets NULL, or
 * why (ERR_INPUT), for the caller. For an engine without DB_CAN_STORE_ANYTHING. */
fallible db_load_if_taken(struct db *db, const char *table, const char *const *columns, size_t count,
			  const char *lines, size_t size, struct error **refused) MUST_CHECK;

/* In a DB_WRITE transaction, until it ends: large values are compressed by what takes the least time, where the server
 * has a choice (PostgreSQL 14 and later: lz4, at a third of the time of its default). */
fallible db_compress_quickly(struct db *db) MUST_CHECK;

/* In an open transaction: it may wait as long as another database is worked on. Else PostgreSQL ends one that nothing
 * was asked in for a quarter of an hour, as that of an owctl that was lost. */
fallible db_may_wait(struct db *db) MUST_CHECK;

/* In a transaction of each: whether both are at the same tables of one server's database, by whatever names they found
 * it. False on SQLite. */
fallible db_is_same(struct db *db, struct db *other, bool *same) MUST_CHECK;

/* ---- one state for several connections ---- */

/* In a DB_READ transaction with DB_CAN_SHARE_STATE: a name for the state that it sees, good as long as it is open; to
 * be freed. Works on a standby too. */
fallible db_share_state(struct db *db, char **name) MUST_CHECK;
/* As db_begin(db, DB_READ) on another connection, seeing that state. ERR_FAILED if it is no more. */
fallible db_begin_shared(struct db *db, const char *name) MUST_CHECK;

/* In a DB_READ transaction: until it ends nobody changes what the tables of the schema in use are (rows may be written
 * as always). What its state does not protect from, a TRUNCATE or an ALTER TABLE that was committed since it began,
 * would show a table without rows: ERR_BUSY. Nothing to do on SQLite. */
fallible db_pin_tables(struct db *db) MUST_CHECK;

/* ---- what makes the tables ---- */

enum db_part_kind {
	DB_PART_EXTENSION,
	DB_PART_SEQUENCE,
	DB_PART_TABLE,
	DB_PART_INDEX,
	DB_PART_CONSTRAINT,
	DB_PART_TRIGGER,
	DB_PART_VIEW
};
struct db_part {
	enum db_part_kind kind;
	char *table; /* that it belongs to; of a view and an extension its own name */
	char *name;
	char *sql;   /* one statement, without ";" at its end, names without a schema */
};
struct db_parts {
	/* In an order in which they can be made: rows go in before the first that is no extension, no sequence and no
	 * table. An extension is there if tables or indexes need what is its own (the type vector), and is made where
	 * it is not there yet. A sequence has up to three parts, the last of which, a SELECT, has it go on where it
	 * was, and a table has a second one for what CREATE can't say of columns. */
	struct db_part *items;
	size_t count;
};
/* Of the schema in use, all that db_tables has, whoever made it. PostgreSQL's constraints are apart from their tables,
 * but for NOT NULL; SQLite's are in the table's own text, as it stands in sqlite_master. Not among them: what
 * extensions own, rights, comments, policies, functions, and indexes that are not valid. ERR_FAILED for what can't be
 * made anew from its parts: partitioned, inheriting and foreign tables, rules, types and collations that somebody
 * made, and on SQLite virtual tables. */
fallible db_parts_read(struct db *db, struct db_parts *parts) MUST_CHECK;
void db_parts_cleanup(struct db_parts *parts);

/* ---- outside of transactions: inside one each of these is a defect of the caller ---- */

/* One holder of `number` at a time, over any number of transactions, until db_release, db_close or the death of the
 * process. Never waits: *holder is NULL when it is ours now, else who has it, in words (to be freed): "owctl pid 4711
 * on host db1, since 2026-11-28T21:00:00Z". A connection holds one number at a time.
 *   PostgreSQL: an advisory lock of the session. ERR_SETTINGS behind a pooler that lends a session for one transaction
 * (pgbouncer: pool_mode = transaction); db_begin tells, should it become one later. A holder that dies is missed when
 * the server is done with what it was at, and one that dies with its machine after two minutes.
 *   SQLite: a lock file beside the database, FILE.owctl-lock, which says who; all numbers are one lock. ERR_PERMISSION
 * where it can't be made or opened. Whether other machines see it is for their common file system to say. */
fallible db_hold(struct db *db, int64_t number, char **holder) MUST_CHECK;
void db_release(struct db *db, int64_t number); /* rolls back what is open; no-op if it is not held */

/* Runs one statement that can't be inside a transaction (CREATE INDEX CONCURRENTLY, VACUUM, PRAGMA); its rows are
 * dropped. Only while something is held: what the session is told for it would leak through a pooler. Schema and
 * lock_timeout are those of a transaction: an index that could not be made CONCURRENTLY stays behind, invalid. A
 * transaction that it begins is rolled back. A database opened read_only stays as it is.
 * DB_ANSWERS_SOON: within the time-outs of db_options. DB_WORKS_LONG: without one, as nothing is heard of a statement
 * that builds an index for hours; a signal ends it all the same, and so does a connection that is seen to be dead. */
enum db_patience { DB_ANSWERS_SOON, DB_WORKS_LONG };
fallible db_alone(struct db *db, const char *sql, enum db_patience patience) MUST_CHECK;

/* Who else is at this database right now, in words, one entry each; owctl's own connections are none.
 *   PostgreSQL: its other clients, by pg_stat_activity: `"psql" of role "owner" from 10.0.0.7, since ..`. Of other
 * roles' connections one without pg_read_all_stats sees no more than these two names, and can't tell a background
 * worker from a client. What a pooler keeps idle counts. An owctl that PGAPPNAME or the URL calls otherwise counts.
 *   SQLite: processes that have the file, its -wal or -shm open, by /proc: "pid 4711 (uvicorn)". Not seen are those of
 * other users (but by root), of other containers and of other hosts. */
fallible db_others(struct db *db, struct strings *others) MUST_CHECK;

/* A process that has the database's file open; never owctl itself. */
struct db_process {
	char *pid, *name; /* "4711", "uvicorn" */
	bool lost_log; /* it has a -wal open that was removed: what it writes there is gone when it ends */
};
struct db_processes {
	struct db_process *items;
	size_t count;
};
void db_processes_cleanup(struct db_processes *processes);
/* Those that db_others sees of a SQLite file, also inside a transaction; none where the database is a server. */
fallible db_file_processes(struct db *db, struct db_processes *processes) MUST_CHECK;

/* Who has locks on one of these tables at this moment, as db_others tells them; on PostgreSQL with the time since when
 * their transaction is open, the oldest first. SQLite has one lock for all: then who has the file open. */
fallible db_lock_holders(struct db *db, const struct strings *tables, struct strings *holders) MUST_CHECK;

/* A copy of the whole database as it is at one moment, in a new file, 0600 and on the disk when this returns; needs
 * DB_CAN_COPY_FILE. It was opened, checked and its rows counted: in every table as many as there were at that moment.
 * ERR_INPUT if `path` is there. Nothing has that name until the copy is whole; one that fails is removed, one that is
 * killed leaves PATH.part-XXXXXX, for db_remove_parts. In WAL mode the database is written to meanwhile as always; in
 * another journal mode writers wait until the pages are copied. A signal ends it; progress is shown. */
fallible db_copy(struct db *db, const char *path) MUST_CHECK;

/* The same, unless an earlier copy is there that has the very bytes: beside the database, called as `is_copy` is true
 * of what follows the database's name; a regular file of this user or of the database's owner, with one name, that no
 * process has open. Then *same is the path of the oldest of them, to be freed, and nothing is left at `path`; else
 * it is NULL. For who holds the database's lock. */
fallible db_copy_once(struct db *db, const char *path, bool (*is_copy)(const char *ending), char **same) MUST_CHECK;

/* Removes what copies beside this database left that were killed: PATH.part-XXXXXX where `is_copy` is true of what
 * PATH has behind the database's name, a regular file of this user that no process has open, as far as /proc tells.
 * `removed` gets their paths. What can't be removed stays. For who holds the database's lock (db_hold), so that no
 * owctl is at it. */
fallible db_remove_parts(struct db *db, bool (*is_copy)(const char *ending), struct strings *removed) MUST_CHECK;

/* ---- catalogue ---- */

fallible db_table_exists(struct db *db, const char *table, bool *exists) MUST_CHECK;
fallible db_column_exists(struct db *db, const char *table, const char *column, bool *exists) MUST_CHECK;
/* Of the schema in use, without the engine's own and those that belong to an extension. */
fallible db_tables(struct db *db, struct strings *names) MUST_CHECK;
/* Streams all columns of such tables: table, column, type in lower case. */
fallible db_columns(struct db *db, struct db_rows **rows) MUST_CHECK;

/* Adds what roles that have no say here have put where SQL without schemas finds it, and which would run with our
 * rights: functions called as the engine's own (for other types, so they may fit better), operators, and tables and
 * functions of owctl's names. `function lower(varchar) of role "x"`, twenty at most. A say have superusers, our own
 * role, and who owns the database, the schema or `table`. Asks nothing that could run them. Nothing on SQLite. */
fallible db_find_strangers(struct db *db, const char *table, struct strings *found) MUST_CHECK;

#endif
