/* Ending the sessions of accounts in Redis, for the releases that look there.
 *
 * What the releases do with PREFIX:auth:user:ID:revoked_at, read in their sources:
 *   up to 0.8   do not know it. Their tokens have no time of issue: after an upgrade a mark refuses them all.
 *   0.9, 0.10   refuse tokens issued at or before it; write it at an OIDC back-channel logout alone, for 30 days.
 *   0.11        besides, from 0.11.1 on, writes it at every change of a password, for as long as a sign-in lasts
 *               (auth.jwt_expiry), without an end where sign-ins have none.
 *   0.12        reads it besides auth.session_stamp in the database, which alone it writes.
 * While Redis does not answer, 0.11.4 and later accept every token; earlier ones fail the request. A live connection is
 * looked at when it is made from 0.10 on, and every 30 s from 0.12 on.
 */
#ifndef OPENWEBUI_SESSIONS_H
#define OPENWEBUI_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "settings/settings.h"

enum sessions_outcome {
	SESSIONS_NO_REDIS, /* the settings name none: nothing was done */
	SESSIONS_REVOKED,  /* written, and read back */
};

/* Writes the mark for each account: tokens issued at or before `now` (seconds since 1970) are refused. It expires after
 * `lifetime_s`, when every such token has; 0: never. `timeout_s` as for redis_open. Some may be written when it fails;
 * writing them again does no harm. Any number of ids, in constant memory. Errors as net/redis.h has them. */
fallible sessions_revoke(struct settings *settings, const char *const *ids, size_t count, int64_t now,
			 int64_t lifetime_s, int64_t timeout_s, enum sessions_outcome *outcome) MUST_CHECK;

#endif
