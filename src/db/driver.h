/* What a driver is made of; only db.c and the drivers include this. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

struct db_driver {
	const char *name;
	unsigned features; /* enum db_feature, or-ed */
	fallible (*open)(const struct db_target *target, const struct db_options *options, struct db **db);
	void (*close)(struct db *db);
	fallible (*begin)(struct db *db, enum db_access access);
	fallible (*commit)(struct db *db);
	void (*rollback)(struct db *db);
	fallible (*script)(struct db *db, const char *sql);
	fallible (*query)(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
			  struct db_rows **rows);
	fallible (*next)(struct db_rows *rows, bool *row);
	struct db_value (*cell)(const struct db_rows *rows, int column);
	int64_t (*changed)(const struct db_rows *rows); /* after the last db_next */
	void (*rows_free)(struct db_rows *rows);
	fallible (*load_begin)(struct db *db, const char *table, const char *const *columns, size_t count,
			       struct db_load **load);
	fallible (*load_row)(struct db_load *load, const struct db_value *values);
	fallible (*load_end)(struct db_load *load, int64_t *rows);
	void (*load_abort)(struct db_load *load);
	fallible (*unload)(struct db *db, const char *query, db_unload_sink *sink, void *state);
};

extern const struct db_driver sqlite_driver;
extern const struct db_driver postgresql_driver;

/* The common beginning of every driver's own structs. */
struct db {
	const struct db_driver *driver;
	char *display;
	char *version;
	bool read_only;
	bool in_transaction;
	bool streaming; /* rows, a load or an unload are under way */
	struct db_options options;
};
struct db_rows {
	struct db *db;
	char number[32]; /* db_cell_text of a number */
};
struct db_load {
	struct db *db;
	size_t columns;
};

#endif
