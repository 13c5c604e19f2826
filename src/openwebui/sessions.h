/* Ending the sessions of accounts in Redis, for the releases that look there (0.10 and later; from 0.12 on the session
 * stamp in the database does it by itself). */
#ifndef OPENWEBUI_SESSIONS_H
#define OPENWEBUI_SESSIONS_H

#include <stdint.h>

#include "settings/settings.h"

enum sessions_outcome {
	SESSIONS_NO_REDIS, /* the settings name none: nothing was done */
	SESSIONS_REVOKED,
};

/* Writes PREFIX:auth:user:ID:revoked_at: tokens issued at or before `now` are refused. The mark expires after
 * `lifetime_s`, when every such token has; 0: never. `timeout_s` as for redis_open. */
fallible sessions_revoke(struct settings *settings, const char *const *ids, size_t count, int64_t now,
			 int64_t lifetime_s, int64_t timeout_s, enum sessions_outcome *outcome) MUST_CHECK;

#endif
