/* What belongs to one person in a snapshot, added to an installation of the same revision that goes on: what is missing
 * there, and nothing that is there is touched. Whose a row is says openwebui/schema.h (possessions). The rows come into
 * temporary tables first, where it is decided which of them are added. */
#ifndef BACKUP_USER_ROWS_H
#define BACKUP_USER_ROWS_H

#include "backup/load_rows.h"
#include "backup/manifest.h"
#include "migrate/catalogue.h"

#define MOST_USER_KINDS 64

struct user_kind {
	const struct table *from; /* of the snapshot; borrowed */
	const char *noun; /* "chats" */
	int64_t added, there, left_out; /* rows; left out: what they refer to by a foreign key is not there */
};

struct user_rows {
	char *id, *role;
	bool is_new; /* the account is not there */
	struct catalogue live;
	struct tables tables; /* those that are there */
	struct user_kind kinds[MOST_USER_KINDS];
	size_t count;
};
void user_rows_cleanup(struct user_rows *rows);

/* In an open DB_WRITE transaction, to be rolled back where nothing is to be changed. ERR_INPUT where the address is not
 * in the snapshot; ERR_NO where its id or the address is another account's. Rows that the engine does not take are in
 * target->aside, and then it is ERR_INPUT. */
fallible user_rows_stage(const struct rows_target *target, const struct database_copy *copy, const char *email,
			 struct user_rows *rows) MUST_CHECK;

/* The names, sorted, among the uploads of the files that are going to be added. */
fallible user_rows_files(struct db *db, const struct user_rows *rows, struct strings *names) MUST_CHECK;

/* Adds them. */
fallible user_rows_add(struct db *db, const struct user_rows *rows) MUST_CHECK;

#endif
