/* A small Redis client: hiredis' reader and formatter over a connection that libcurl opened (CURLOPT_CONNECT_ONLY), so
 * that TLS, CA settings and time-outs are those of every other connection. Every
 * wait is bounded and ends within a second of a signal.
 *
 * URLs as redis-py and Open WebUI take them: redis://[user[:password]@]host[:port][/db], rediss:// for TLS. With Sentinel
 * the host is the name of the service and REDIS_SENTINEL_HOSTS are asked for its master; the sentinels take the same
 * credentials, as upstream's build_sentinel_kwargs gives them. With a cluster a MOVED answer is followed. */
#ifndef NET_REDIS_H
#define NET_REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct redis_target {
	bool tls;
	char *host; /* with sentinels: the service */
	int64_t port, database;
	char *user, *password; /* or NULL */
	struct strings sentinels; /* "host:port"; none: connect to `host` */
};

/* Reads a URL, and sentinel hosts (comma-separated, or NULL) with their port. ERR_SETTINGS; never with the password. */
fallible redis_target_parse(const char *url, const char *sentinel_hosts, const char *sentinel_port,
			    struct redis_target *target) MUST_CHECK;
void redis_target_cleanup(struct redis_target *target);

struct redis;

/* Connects, signs in, chooses the database. `target` outlives the connection. ERR_UNREACHABLE; ERR_PERMISSION for wrong credentials. */
fallible redis_open(const struct redis_target *target, int64_t timeout_s, struct redis **redis) MUST_CHECK;
void redis_close(struct redis *redis); /* NULL is fine */
static inline void redis_cleanup(struct redis **redis)
{
	redis_close(*redis);
}

/* Runs one command. An error that the server answers is an error here: ERR_PERMISSION for NOAUTH, WRONGPASS and NOPERM,
 * else ERR_FAILED. `*reply` is to be released with freeReplyObject; it may be NULL where the answer does not matter. */
fallible redis_command(struct redis *redis, const char *const *words, size_t count, redisReply **reply) MUST_CHECK;

static inline void redis_reply_cleanup(redisReply **reply)
{
	if (*reply)
		freeReplyObject(*reply);
}

#endif
