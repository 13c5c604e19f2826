/* The tables of a database in a snapshot: what their columns are, and where their rows are. */
#ifndef BACKUP_TABLES_H
#define BACKUP_TABLES_H

#include "backup/place.h"
#include "backup/skips.h"
#include "db/db.h"

/* The databases that a snapshot may have: Open WebUI's own, and the one with the vectors where that is another. */
enum database_role { DATABASE_MAIN, DATABASE_VECTORS, DATABASES };
extern const char *const database_names[DATABASES]; /* "main", "vectors": as manifests and indexes call them */

struct segment {
	uint64_t number; /* of the table's segments, from 0; they may come in any order */
	uint64_t lines, bytes; /* bytes before compression */
	struct place place, odd; /* odd.size 0: there are none */
	struct skips skips; /* of its lines; all others are rows */
	/* What the index has besides: */
	uint64_t sum;
	struct str slots; /* backup/slot_list.h */
};

struct table {
	char *name;
	struct strings columns, types; /* beside each other */
	char *identity; /* as db_slot_tables tells; NULL: its rows are not to be known again */
	uint64_t rows, sum; /* the sum is that of all lines of its segments, also of those that are skipped */
	struct segment *segments;
	size_t segment_count, segment_room;
	/* While it is read: segments that an earlier snapshot has, and the number of the first one that is new, before
	 * which all are void. */
	struct segment *kept;
	size_t kept_count;
	uint64_t first;
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

void segment_cleanup(struct segment *segment);
/* Takes over what it owns. */
void table_add_segment(struct table *table, const struct segment *segment);
/* Once it was read: its segments are those that were kept, and the new ones by their numbers; its rows and sum are
 * those of all of them. */
void table_settle(struct table *table);

/* ERR_INPUT where these are not the rows, and the sum of its lines, that it has by the manifest. */
fallible table_check(const struct table *table, uint64_t rows, uint64_t sum) MUST_CHECK;

/* The rows of all. */
uint64_t tables_rows(const struct tables *tables);

/* Reads all tables of the open transaction, without rows. */
fallible tables_read(struct db *db, struct tables *tables) MUST_CHECK;

/* Appends "SELECT column, column FROM table". */
void table_add_query(struct str *sql, const struct table *table);

#endif
