/* The tables of a database in a snapshot: what their columns are, and where their rows are. */
#ifndef BACKUP_TABLES_H
#define BACKUP_TABLES_H

#include "backup/place.h"
#include "db/db.h"

struct segment {
	uint64_t number; /* of the table's segments, from 0; they may come in any order */
	uint64_t rows, bytes; /* bytes before compression */
	struct place place, odd; /* odd.size 0: there are none */
};

struct table {
	char *name;
	struct strings columns, types; /* beside each other */
	uint64_t rows, sum;
	struct segment *segments;
	size_t segment_count, segment_room;
};

struct tables {
	struct table *items; /* in order of their names */
	size_t count;
};
void tables_cleanup(struct tables *tables);

/* A new one at the end, without columns; borrowed until the next one. */
struct table *tables_add(struct tables *tables, const char *name);
/* By name; NULL: there is none. */
struct table *tables_find(const struct tables *tables, const char *name);
/* Leaves none but these: ERR_INPUT, with the nearest, for one that is not there. */
fallible tables_keep(struct tables *tables, const struct strings *names) MUST_CHECK;

void table_add_segment(struct table *table, const struct segment *segment);
void table_order_segments(struct table *table); /* by their numbers */

/* Reads all tables of the open transaction, without rows. */
fallible tables_read(struct db *db, struct tables *tables) MUST_CHECK;

/* Appends "SELECT column, column FROM table". */
void table_add_query(struct str *sql, const struct table *table);

#endif
