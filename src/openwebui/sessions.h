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
 *
 * Clocks: a token holds when the replica issued it, in whole seconds by the replica's clock, and is compared with the
 * mark. A mark that is behind that clock leaves the youngest tokens alive; one that is ahead refuses new sign-ins until
 * the clock has passed it. owctl may run on anybody's laptop, so the mark has Redis's time (TIME): Redis stands beside
 * the replicas and is the one clock that all of them can be held against. What the replicas are ahead of Redis, NTP's
 * milliseconds where it runs, is how young a token may be and survive.
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

/* Whether the settings name a Redis. */
fallible sessions_have_redis(struct settings *settings, bool *redis) MUST_CHECK;

/* Writes the mark for each account: tokens issued up to now, by Redis's clock, are refused. `now` (seconds since 1970)
 * is the caller's clock, for where Redis's ACL does not allow TIME. It expires after `lifetime_s`, when every such
 * token has; 0: never. `timeout_s` as for redis_open. Some may be written when it fails;
 * writing them again does no harm. Any number of ids, in constant memory. Errors as net/redis.h has them. */
fallible sessions_revoke(struct settings *settings, const char *const *ids, size_t count, int64_t now,
			 int64_t lifetime_s, int64_t timeout_s, enum sessions_outcome *outcome) MUST_CHECK;

#endif
