/* What an account's fields may hold, asked before a database is. */
#ifndef OPENWEBUI_ACCOUNT_RULES_H
#define OPENWEBUI_ACCOUNT_RULES_H

#include <stdbool.h>

#include "base/error.h"

extern const char *const user_roles[]; /* "pending", "user", "admin", NULL */
bool user_role_known(const char *role);

/* Lower case as Open WebUI stores addresses; to be freed. */
char *email_normalize(const char *email) MUST_CHECK;

/* Whether Open WebUI's own form would take the (normalized) address: x@localhost, or something@something.something
 * with exactly one @; besides, no blanks, control characters or bytes that are not UTF-8, and 254 bytes at most. The
 * reason is a constant, NULL when it is fine. */
const char *email_fault(const char *email);
/* The same for a display name: not empty, UTF-8, no control characters, 255 code points at most. */
const char *name_fault(const char *name);
extern const char email_hint[], name_hint[]; /* what would be right, for the hint of such an error */

#endif
