/* One connection to one server, for redis.c and redis_open.c: hiredis' reader and formatter over a connection that
 * libcurl opened (CURLOPT_CONNECT_ONLY). A deadline is clock_monotonic_ms; each wait ends with it, or within a
 * second of a signal. A reply has a bound on its bytes and elements. After an error of sending or receiving nothing
 * more goes over this connection. */
#ifndef NET_REDIS_NODE_H
#define NET_REDIS_NODE_H

#include "net/redis.h"

struct redis_node;

/* `address` is "host:port", or the path of a Unix socket. `target`, which outlives the node, says how to speak TLS. */
fallible redis_node_open(const struct redis_target *target, const char *address, int64_t deadline,
			 struct redis_node **node) MUST_CHECK;
void redis_node_close(struct redis_node *node); /* NULL is fine */
static inline void redis_node_cleanup(struct redis_node **node)
{
	redis_node_close(*node);
}
const char *redis_node_address(const struct redis_node *node); /* borrowed */
const struct redis_target *redis_node_target(const struct redis_node *node);

/* A connection by libcurl, a CURL; to be released with curl_easy_cleanup. */
fallible redis_connect(const struct redis_target *target, const char *address, int64_t deadline,
		       void **curl) MUST_CHECK;

/* Appends a command as it goes over the wire. */
fallible redis_format(struct str *bytes, const char *const *words, size_t count) MUST_CHECK;

fallible redis_node_send(struct redis_node *node, const char *bytes, size_t size, int64_t deadline) MUST_CHECK;
/* The next reply; one of type REDIS_REPLY_ERROR is a reply too. */
fallible redis_node_receive(struct redis_node *node, int64_t deadline, redisReply **reply) MUST_CHECK;
/* Sends one command and receives its reply. */
fallible redis_node_exchange(struct redis_node *node, const char *const *words, size_t count, int64_t deadline,
			     redisReply **reply) MUST_CHECK;

/* The error for a reply of type REDIS_REPLY_ERROR from `node`. Never holds the password. */
fallible redis_refusal(const struct redis_node *node, const redisReply *reply) MUST_CHECK;

/* Opens a node, signs in and chooses the database as `target` says (redis_open.c). */
fallible redis_node_enter(const struct redis_target *target, const char *address, int64_t deadline,
			  struct redis_node **node) MUST_CHECK;

/* Asks a sentinel a question of the target's service: "master", "ckquorum". Signs in if it wants that, as it is told
 * above. An error that it answers is a reply. */
fallible redis_sentinel_ask(struct redis_node *sentinel, const char *question, int64_t deadline,
			    redisReply **reply) MUST_CHECK;

/* Finds the server that `target` means: one that was seen to answer as a Redis; with sentinels, as the master. */
fallible redis_find(const struct redis_target *target, int64_t deadline, struct redis_node **node) MUST_CHECK;

#endif
