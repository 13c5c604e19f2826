/* Finding the server and signing in. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "net/redis_node.h"

static bool says(const redisReply *reply, const char *start)
{
	return reply->type == REDIS_REPLY_ERROR && text_starts(reply->str, start);
}

static fallible ask(struct redis_node *node, const char *const *words, size_t count, int64_t deadline)
{
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_node_exchange(node, words, count, deadline, &reply));
	return reply->type == REDIS_REPLY_ERROR ? redis_refusal(node, reply) : NULL;
}

/* A server before Redis 6 knows no users; redis-py then signs in with the password alone. */
static fallible sign_in(struct redis_node *node, int64_t deadline)
{
	const struct redis_target *target = redis_node_target(node);
	const char *password = target->password ? target->password : "";
	const char *named[] = {"AUTH", target->user, password}, *alone[] = {"AUTH", password};
	if (!target->user)
		return target->password ? ask(node, alone, COUNT(alone), deadline) : NULL;
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_node_exchange(node, named, COUNT(named), deadline, &reply));
	if (says(reply, "ERR wrong number of arguments"))
		return ask(node, alone, COUNT(alone), deadline);
	return reply->type == REDIS_REPLY_ERROR ? redis_refusal(node, reply) : NULL;
}

static fallible choose_database(struct redis_node *node, int64_t deadline)
{
	int64_t number = redis_node_target(node)->database;
	AUTO(memory) char *text = text_format("%lld", (long long)number);
	const char *words[] = {"SELECT", text};
	return number ? ask(node, words, COUNT(words), deadline) : NULL;
}

fallible redis_node_enter(const struct redis_target *target, const char *address, int64_t deadline,
			  struct redis_node **node)
{
	AUTO(redis_node) struct redis_node *opened = NULL;
	TRY(redis_node_open(target, address, deadline, &opened));
	TRY(sign_in(opened, deadline));
	TRY(choose_database(opened, deadline));
	*node = opened;
	opened = NULL;
	return NULL;
}

/* ---- one server ---- */

/* A user who may not PING was answered by a Redis all the same. */
static fallible check_alive(struct redis_node *node, int64_t deadline)
{
	const char *words[] = {"PING"};
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_node_exchange(node, words, COUNT(words), deadline, &reply));
	return reply->type == REDIS_REPLY_ERROR && !says(reply, "NOPERM") ? redis_refusal(node, reply) : NULL;
}

static fallible find_server(const struct redis_target *target, int64_t deadline, struct redis_node **node)
{
	const char *host = target->host ? target->host : "localhost";
	AUTO(memory) char *address = target->socket ? text_copy(target->socket) : redis_address(host, target->port);
	AUTO(redis_node) struct redis_node *opened = NULL;
	TRY(redis_node_enter(target, address, deadline, &opened));
	TRY(check_alive(opened, deadline));
	*node = opened;
	opened = NULL;
	return NULL;
}

/* ---- sentinels ---- */

static const char *service_of(const struct redis_target *target)
{
	return target->host ? target->host : "mymaster";
}

static fallible read_master(const struct redis_node *sentinel, const redisReply *reply, char **address)
{
	const struct redis_target *target = redis_node_target(sentinel);
	int64_t port;
	if (reply->type == REDIS_REPLY_ERROR)
		return redis_refusal(sentinel, reply);
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 && reply->element[0]->str &&
	    reply->element[1]->str && redis_host_valid(reply->element[0]->str) &&
	    redis_port_parse(reply->element[1]->str, &port)) {
		*address = redis_address(reply->element[0]->str, port);
		return NULL;
	}
	return error_hint(error_new(ERR_SETTINGS, "Sentinel at %s knows no service %s", redis_node_address(sentinel),
				    service_of(target)),
			  "with REDIS_SENTINEL_HOSTS the host of REDIS_URL is the name of the service, as in the "
			  "sentinels' configuration");
}

fallible redis_sentinel_ask(struct redis_node *sentinel, const char *question, int64_t deadline, redisReply **reply)
{
	const struct redis_target *target = redis_node_target(sentinel);
	const char *words[] = {"SENTINEL", question, service_of(target)};
	TRY(redis_node_exchange(sentinel, words, COUNT(words), deadline, reply));
	if ((target->user || target->password) && (says(*reply, "NOAUTH") || says(*reply, "NOPERM"))) {
		freeReplyObject(*reply);
		*reply = NULL;
		TRY(sign_in(sentinel, deadline));
		TRY(redis_node_exchange(sentinel, words, COUNT(words), deadline, reply));
	}
	return NULL;
}

static fallible ask_sentinel(const struct redis_target *target, const char *sentinel, int64_t deadline, char **master)
{
	AUTO(redis_node) struct redis_node *node = NULL;
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_node_open(target, sentinel, deadline, &node));
	TRY(redis_sentinel_ask(node, "get-master-addr-by-name", deadline, &reply));
	return read_master(node, reply, master);
}

/* A sentinel may be behind. Who may not ask for the role believes it. */
static fallible check_role(struct redis_node *node, int64_t deadline)
{
	const char *words[] = {"ROLE"};
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_node_exchange(node, words, COUNT(words), deadline, &reply));
	if (reply->type == REDIS_REPLY_ERROR)
		return says(reply, "NOPERM") ? NULL : redis_refusal(node, reply);
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements && text_equal(reply->element[0]->str, "master"))
		return NULL;
	return error_hint(error_new(ERR_BUSY, "Redis at %s: not the master that the sentinels take it for",
				    redis_node_address(node)),
			  "a fail-over is under way: try again");
}

static fallible find_master_by(const struct redis_target *target, const char *sentinel, int64_t deadline,
			       struct redis_node **node)
{
	AUTO(memory) char *address = NULL;
	AUTO(redis_node) struct redis_node *opened = NULL;
	TRY(ask_sentinel(target, sentinel, deadline, &address));
	TRY(error_wrap(redis_node_enter(target, address, deadline, &opened), "Sentinel at %s", sentinel));
	TRY(check_role(opened, deadline));
	*node = opened;
	opened = NULL;
	return NULL;
}

/* Each sentinel gets its share of the time that is left. Of several failures the first that says more than
 * "unreachable" is told. */
static fallible find_master(const struct redis_target *target, int64_t deadline, struct redis_node **node)
{
	struct error *kept = NULL;
	for (size_t i = 0; i < target->sentinels.count; i++) {
		int64_t now = clock_monotonic_ms();
		int64_t until = now + (deadline - now) / (int64_t)(target->sentinels.count - i);
		struct error *error = find_master_by(target, target->sentinels.items[i], until, node);
		if (!error || error->code == ERR_INTERRUPTED) {
			error_ignore(kept); /* another sentinel did, or nobody waits for it */
			return error;
		}
		bool telling = !kept || (kept->code == ERR_UNREACHABLE && error->code != ERR_UNREACHABLE);
		error_ignore(telling ? kept : error); /* one is told */
		kept = telling ? error : kept;
	}
	return kept;
}

fallible redis_find(const struct redis_target *target, int64_t deadline, struct redis_node **node)
{
	return target->sentinels.count ? find_master(target, deadline, node) : find_server(target, deadline, node);
}
