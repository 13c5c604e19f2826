/* The temporary tables of user_rows.h, each beside the table that its rows go to. */
#ifndef BACKUP_USER_ROWS_PLAN_H
#define BACKUP_USER_ROWS_PLAN_H

#include "backup/user_rows.h"

#define USER_PLAN_PREFIX "owctl_restored_"

char *user_plan_name(const char *table) MUST_CHECK; /* needs no quotes; to be freed */

bool user_plan_has(const struct user_rows *rows, const char *table);

/* Makes the one for a table of the snapshot. ERR_NO where the database has not all of its columns. */
fallible user_plan_make(struct db *db, const struct user_rows *rows, const struct table *table) MUST_CHECK;

/* Of the newest kind: takes out, and counts, rows that are there, by any key that no two rows can share. */
fallible user_plan_take_out_there(struct db *db, struct user_rows *rows) MUST_CHECK;

/* Of all kinds: takes out, and counts, rows whose foreign keys would lead nowhere; what is left is what is added. */
fallible user_plan_leave_out(struct db *db, struct user_rows *rows) MUST_CHECK;

/* rows->is_new, and ERR_NO where the id, or the address, is another account's. */
fallible user_plan_check_account(struct db *db, const char *email, struct user_rows *rows) MUST_CHECK;

#endif
