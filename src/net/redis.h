/* A small Redis client: hiredis' reader and formatter over a connection that libcurl opened, so that TLS, CA settings
 * and time-outs are those of every other connection. The system's authorities are trusted, or those of SSL_CERT_FILE
 * and SSL_CERT_DIR, and what the URL names besides.
 *
 * Every wait is bounded and ends within a second of a signal. A connection that was lost is not made again: open anew.
 *
 * With sentinels, each is asked for the master until one is found that is reached and says so itself. A sentinel gets
 * user and password only when it asks for them: Open WebUI gives them from 0.12 on, and none before. With rediss://
 * both are spoken to over TLS; Open WebUI drops the TLS there, which owctl does not do behind anybody's back.
 * A cluster needs no setting: MOVED and ASK are followed.
 *
 * Errors: ERR_UNREACHABLE (refused, gone, no answer in time, not Redis), ERR_PERMISSION (credentials, rights),
 * ERR_SETTINGS (certificate not trusted, no such service or database, a replica), ERR_BUSY (loading, no master just
 * now, too many clients), ERR_INTERRUPTED, ERR_FAILED otherwise. */
#ifndef NET_REDIS_H
#define NET_REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/redis_target.h"

struct redis;

/* Connects, signs in, chooses the database and sees that a Redis answers. `target` outlives the connection. `timeout_s`
 * holds for opening as a whole, and then for each call; 0: 10 s. */
fallible redis_open(const struct redis_target *target, int64_t timeout_s, struct redis **redis) MUST_CHECK;
void redis_close(struct redis *redis); /* NULL is fine */
static inline void redis_cleanup(struct redis **redis)
{
	redis_close(*redis);
}

static inline void redis_reply_cleanup(redisReply **reply)
{
	if (*reply)
		freeReplyObject(*reply);
}

/* Runs one command. An error that the server answers is an error here. `*reply` is to be released with freeReplyObject
 * (AUTO(redis_reply)); `reply` may be NULL where the answer does not matter. Words are texts without NUL. */
fallible redis_command(struct redis *redis, const char *const *words, size_t count, redisReply **reply) MUST_CHECK;

/* Runs many commands in few round trips, those of one key in their order; in a cluster each must be of one key, and
 * those that live elsewhere follow in a second round. All are run even when one fails; the first failure in their order
 * is the error. `replies` has room for `count` and is filled only when all succeeded; all are kept in memory. */
struct redis_words {
	const char *const *words;
	size_t count;
};
fallible redis_pipeline(struct redis *redis, const struct redis_words *commands, size_t count, redisReply **replies)
	MUST_CHECK;

#endif
