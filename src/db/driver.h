/* What a driver is made of; only src/db includes this. db.c has checked the order of calls (inside a transaction, one
 * statement at a time) before a driver sees them, and keeps the states in `struct db`. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

/* Its rows are table, name and SQL of parts. */
struct db_part_query {
	enum db_part_kind kind;
	const char *sql; /* NULL: the end of the list */
};

struct db_driver {
	const char *name;
	unsigned features; /* enum db_feature, or-ed */
	fallible (*open)(const struct db_target *target, const struct db_options *options, struct db **db);
	fallible (*would_create)(const struct db_target *target, bool *would); /* NULL: it never does */
	void (*close)(struct db *db); /* frees all but what db_close frees: display, version and the struct itself */
	fallible (*begin)(struct db *db, enum db_access access);
	fallible (*commit)(struct db *db); /* after an error db.c calls rollback */
	void (*rollback)(struct db *db);   /* whatever is under way, also when cancelled; within a second */
	/* NULL: DB_CAN_SHARE_STATE is not among the features */
	fallible (*share_state)(struct db *db, char **name);
	fallible (*begin_shared)(struct db *db, const char *name);
	bool (*readers_block)(struct db *db); /* inside a transaction: does a reader keep writers waiting? NULL: no */
	fallible (*lock)(struct db *db, int64_t number); /* NULL: a write transaction is one already */
	fallible (*script)(struct db *db, const char *sql);
	fallible (*query)(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
			  struct db_rows **rows);
	fallible (*next)(struct db_rows *rows, bool *row); /* sets `changed` with the last row */
	struct db_value (*cell)(const struct db_rows *rows, int column);
	const char *(*cell_text)(const struct db_rows *rows, int column);
	void (*rows_end)(struct db_rows *rows);  /* stops a statement that has rows left */
	void (*rows_free)(struct db_rows *rows); /* frees all but the struct itself */
	fallible (*load_begin)(struct db *db, const char *table, const char *const *columns, size_t count,
			       struct db_load **load);
	fallible (*load_row)(struct db_load *load, const struct db_value *values);
	fallible (*load_lines)(struct db_load *load, const char *lines, size_t size, const struct db_odd *odd,
			       size_t odd_count);
	fallible (*load_end)(struct db_load *load, int64_t *rows);
	void (*load_free)(struct db_load *load); /* stops it if it did not end; frees all but the struct itself */
	fallible (*unload)(struct db *db, const struct db_unload *unload);
	const struct db_part_query *parts;
	const char *parts_refused; /* one row, with words for it, if there is what those can't tell */
	fallible (*hold)(struct db *db, int64_t number, char **holder);
	void (*release)(struct db *db, int64_t number); /* also when cancelled; within a second */
	/* Around a query outside of transactions; the end comes after a failed beginning too, and when cancelled. */
	fallible (*alone_begin)(struct db *db, enum db_patience patience);
	void (*alone_end)(struct db *db);
	fallible (*others)(struct db *db, struct strings *others);
	fallible (*file_processes)(struct db *db, struct db_processes *processes); /* NULL: there is no file */
	/* NULL: `others` are */
	fallible (*lock_holders)(struct db *db, const struct strings *tables, struct strings *holders);
	void (*drop_schema)(struct db *db, const char *schema); /* NULL: there are none; also when cancelled */
	bool waiters_queue; /* who comes later waits behind one who waits for a lock */
	/* NULL: DB_CAN_COPY_FILE is not among the features. `is_copy` NULL: db_copy, else db_copy_once. */
	fallible (*copy)(struct db *db, const char *path, bool (*is_copy)(const char *ending), char **same);
	void (*remove_parts)(struct db *db, bool (*is_copy)(const char *ending), struct strings *removed);
};

extern const struct db_driver sqlite_driver;
extern const struct db_driver postgresql_driver;
fallible sqlite_open_in_memory(const struct db_options *options, struct db **db) MUST_CHECK;

/* The common beginning of every driver's own structs. */
struct db {
	const struct db_driver *driver;
	char *display;
	char *version;
	char *preferred; /* schema; NULL: none */
	struct db_options options; /* with the defaults filled in */
	bool in_transaction, writing; /* writing: it is a DB_WRITE */
	struct strings *names; /* of tables and columns, for a DB_READ (catalogue.c); NULL: nobody has asked */
	bool streaming; /* rows, a load or an unload are under way */
	bool failed;    /* a statement of this transaction did */
	bool name_taken; /* by whoever was quicker; of the last statement that failed, set by the driver */
	/* By others, since the last transaction or statement outside of one began; set by the driver. */
	bool blocked;
	bool commit_unknown; /* the answer to the last COMMIT was lost; set by the driver */
	bool holding;   /* the lock of number `held` */
	int64_t held;
	struct db_rows *rows; /* that are under way, or NULL */
	struct db_load *load; /* likewise */
};
void db_forget_names(struct db *db);

/* How this process is called where others see it: "owctl pid 4711 on host db1"; to be freed. */
char *db_own_name(void) MUST_CHECK;

struct db_rows {
	struct db *db;
	int64_t changed;
	bool ended; /* no rows left, or an error */
	int put_column; /* counted from 1; 0: none */
	struct db_value put;
};
struct db_load {
	struct db *db;
	size_t columns;
	bool ended; /* with its transaction */
};

#endif
