/* A token that lets nobody in, and still tells two things of a replica: whether it has the same WEBUI_SECRET_KEY, and
 * whether it has the same database.
 *
 * It is signed with the key (HS256, RFC 7519), names the id of an account, and has a session_stamp that was drawn at
 * random: 0.12 takes no token whose stamp is not that of the account. One without a stamp it would take of an account
 * from before 0.12, which has none. Tried on 0.12.4, GET /api/v1/auths/ answers 401 with this detail:
 *     "401 Unauthorized"                  signed with another key
 *     "Not authenticated"                 the header Authorization got lost on the way
 *     "Invalid token"                     the same key, and the account is in its database
 *     "Invalid authentication request."   the same key, and it is not
 * Earlier releases know no stamp: there the token names an account that nobody has, so that it lets nobody in either.
 * 0.10.2 then answers "Your session has expired ..", if the key is the same. It has no time of issue, as a replica
 * whose clock is behind would take that for a wrong signature. */
#ifndef HEALTH_SESSION_H
#define HEALTH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "health/replica.h"

/* Of `account`, or where that is NULL, of nobody. Ends at `until` (seconds since 1970). Released with secret_free. */
char *session_token(const char *key, const char *account, int64_t until) MUST_CHECK;

/* Whether this release wants a stamp, so that a token of a real account may be tried on it. */
bool session_needs_stamp(const char *release);

/* What the answer says; `named`: the token named an account. */
void session_read(const struct probe_answer *answer, bool named, enum key_standing *key,
		  enum account_standing *account);

#endif
