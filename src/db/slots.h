/* Rows that are known again: where an engine has a row, and which rows may have changed since an earlier moment.
 *
 * A slot is that place, as a number: PostgreSQL's ctid (its block times 65536, and the line pointer in it), SQLite's
 * rowid, which may be negative and counts modulo 2^64 then. Rows come in order of their slots, from the first block on,
 * or the lowest rowid.
 *
 * PostgreSQL never changes a row where it is: another version goes to another slot and has the number of its
 * transaction (xmin). All transactions below `oldest` had ended at a moment; so a row that a later moment sees with
 * an xmin from before that one's `oldest` was seen then as well, in that slot, as it is now. Transactions are
 * numbered modulo 2^32, and an old row keeps its number: one that is between the two moments counts as changed,
 * whatever its age. This holds as long as nobody sets the numbers back, and as the table has the same file and the
 * same columns. Numbers are set back when a server comes up from what is on its disk: from a copy, or after a crash,
 * which loses what was committed asynchronously and others have seen. So a history ends when the server is started
 * anew, or its processes are, after a crash of one of them. (It does not end where a whole machine is set back with
 * its memory.)
 * https://www.postgresql.org/docs/current/ddl-system-columns.html, "routine-vacuuming.html", and in its sources
 * src/backend/access/heap/README.HOT.
 *
 * SQLite tells nothing: there a row has to be compared with what was in its slot. */
#ifndef DB_SLOTS_H
#define DB_SLOTS_H

#include "db/db.h"

struct db_moment {
	char *history; /* slots of two moments can be compared where it is equal; NULL: with none */
	uint64_t oldest, next; /* PostgreSQL: the oldest transaction that had not ended, and the first not begun */
};
void db_moment_cleanup(struct db_moment *moment);

/* Of the open DB_READ transaction. An error on a server that lacks what is asked for, which spoils the transaction. */
fallible db_moment_read(struct db *db, struct db_moment *moment) MUST_CHECK;
/* Whether rows of `earlier` may be known again at `moment`. */
bool db_moment_follows(const struct db_moment *moment, const struct db_moment *earlier);
/* Whether the engine tells which rows changed; else they have to be compared. */
bool db_tells_changes(const struct db *db);

/* Streams the tables whose rows have slots: name, and what has to be the same for slots to mean the same. Not among
 * them are, on PostgreSQL, tables that a crash empties, that others inherit from, and those with values that are
 * written in a way that may change without them (names of objects, enumerations, money); on SQLite those WITHOUT ROWID,
 * and those with a column "_rowid_". */
fallible db_slot_tables(struct db *db, struct db_rows **rows) MUST_CHECK;

/* Appends the query for all rows of a table, in order of their slots. What db_unload makes of it begins with
 * DB_SLOT_COLUMNS fields. `earlier` (NULL: none): rows that are as they were then come without what is in them. */
#define DB_SLOT_COLUMNS 2
void db_add_slot_query(struct str *sql, const struct db *db, const char *table, const struct strings *columns,
		       const struct db_moment *earlier, const struct db_moment *now);

/* Reads these fields at *line, and goes on behind them; false if they are none. `whole`: the row came with them. */
bool db_slot_parse(const char **line, const char *end, uint64_t *slot, bool *whole);

#endif
