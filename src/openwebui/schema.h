/* What a database looks like at its revision: the one description of Open WebUI's tables, as far as owctl uses them.
 * Code above asks `schema_has(revision, "auth", "session_stamp")`; no release or revision stands anywhere else. */
#ifndef OPENWEBUI_SCHEMA_H
#define OPENWEBUI_SCHEMA_H

#include <stdbool.h>

#include "openwebui/revision.h"

/* A column (or with `column` NULL the table itself) exists from revision `since` (none: always) up to, not including,
 * revision `until` (none: to this day). */
struct schema_entry {
	const char *table, *column;
	enum revision_ordinal since, until;
};

bool schema_has(const struct revision *revision, const char *table, const char *column);
bool schema_has_table(const struct revision *revision, const char *table);

/* Whether servers at this revision look for ended sessions in Redis (0.9 and later). */
bool schema_ends_sessions_in_redis(const struct revision *revision);

/* Whether servers at this revision can check an argon2 hash (0.10 and later). Earlier ones break over it. */
bool schema_knows_argon2(const struct revision *revision);

/* Whether servers at this revision keep to DEFAULT_GROUP_SHARE_PERMISSION for new groups: by default only members may
 * share with one. That came with 0.8.6; earlier releases store nothing, which lets everybody. The revision of 0.8.6 is
 * the head of 0.8.1 to 0.8.12, and no database tells these apart: they are all taken for 0.8.6, which errs to the
 * closed side, and 0.8.1 to 0.8.5 understand what is stored. */
bool schema_shares_with_members(const struct revision *revision);

/* The oldest revision on which owctl works with accounts (head of 0.6.43). */
const struct revision *schema_oldest_for_accounts(void);

/* What an account can own. Deleting one removes these rows or leaves them, as Open WebUI itself does. */
struct possession {
	const char *table;
	const char *column;     /* holds the account's id */
	const char *noun;       /* plural, for people: "chats" */
	bool removed;           /* goes with the account; the others stay, ownerless */
};
extern const struct possession possessions[]; /* ends with a NULL table; children before parents */

#endif
