/* Texts that become JSON: as Python's json.dumps writes what json.loads read, and as the database takes it. */
#ifndef MIGRATE_FIT_H
#define MIGRATE_FIT_H

#include "base/json_tree.h"
#include "migrate/kept.h"
#include "migrate/work.h"

enum fit {
	FIT_WHOLE,
	FIT_CHANGED, /* numbers that PostgreSQL's json does not have (NaN, infinities) became null, as in JavaScript */
	FIT_NONE     /* it is no JSON; nothing was added */
};
enum fit fit_add(struct str *json, struct db *db, const char *text, size_t size);

/* The same for the value of a row, which is kept where it did not fit as it was. `text`: its bytes may be JSON. What is
 * none becomes "null". */
enum fit fit_add_kept(struct str *json, struct db *db, struct kept *kept, const char *id, struct db_value value,
		      bool text);

/* The same where numbers of the tree are changed, which then fits. False: nothing had to be. */
bool fit_tree(struct json_tree *tree, struct db *db);

/* Makes every text of a column fit that a later statement takes for JSON: what is none becomes null, and is kept
 * (kept.h). A column that is of type JSON, or not there, is left alone. In one go, for small values. */
fallible fit_column(struct work *work, const char *table, const char *column) MUST_CHECK;

/* The type of a column in small letters ("text", "json", "varchar(255)"); NULL where there is none. To be freed. */
fallible column_type(struct db *db, const char *table, const char *column, char **type) MUST_CHECK;

#endif
