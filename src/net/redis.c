#include "net/redis.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "net/redis_node.h"

#define DEFAULT_TIMEOUT_S 10
#define MOST_ROUNDS 6 /* the first, and five redirections */

struct redis {
	const struct redis_target *target;
	int64_t timeout_ms;
	struct redis_node **nodes; /* the first is where a command goes at first; the others a cluster named */
	size_t count;
};

static void add_node(struct redis *redis, struct redis_node *node)
{
	redis->nodes = mem_resize(redis->nodes, redis->count + 1, sizeof *redis->nodes);
	redis->nodes[redis->count++] = node;
}

fallible redis_open(const struct redis_target *target, int64_t timeout_s, struct redis **redis)
{
	int64_t timeout_ms = (timeout_s > 0 ? timeout_s : DEFAULT_TIMEOUT_S) * 1000;
	struct redis_node *node = NULL;
	TRY(redis_find(target, clock_monotonic_ms() + timeout_ms, &node));
	*redis = mem_new(1, sizeof **redis);
	**redis = (struct redis){.target = target, .timeout_ms = timeout_ms};
	add_node(*redis, node);
	return NULL;
}

void redis_close(struct redis *redis)
{
	if (!redis)
		return;
	for (size_t i = 0; i < redis->count; i++)
		redis_node_close(redis->nodes[i]);
	free(redis->nodes);
	free(redis);
}

/* ---- commands on their way ---- */

struct errand {
	const struct redis_words *command;
	redisReply *reply; /* NULL: still to be run */
	size_t node;       /* where */
	bool asking;       /* the slot is moving: the node takes the command only after ASKING */
};

static void errands_free(struct errand *errands, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (errands[i].reply)
			freeReplyObject(errands[i].reply);
	free(errands);
}

static fallible send_errands(struct redis *redis, struct errand *errands, size_t count, size_t node, int64_t deadline)
{
	static const char *const asking[] = {"ASKING"};
	AUTO(str) struct str bytes = {0};
	for (size_t i = 0; i < count; i++) {
		if (errands[i].node != node || errands[i].reply)
			continue;
		if (errands[i].asking)
			TRY(redis_format(&bytes, asking, COUNT(asking)));
		TRY(redis_format(&bytes, errands[i].command->words, errands[i].command->count));
	}
	return redis_node_send(redis->nodes[node], str_text(&bytes), bytes.size, deadline);
}

static fallible receive_errands(struct redis *redis, struct errand *errands, size_t count, size_t node,
				int64_t deadline)
{
	for (size_t i = 0; i < count; i++) {
		if (errands[i].node != node || errands[i].reply)
			continue;
		AUTO(redis_reply) redisReply *asked = NULL;
		if (errands[i].asking)
			TRY(redis_node_receive(redis->nodes[node], deadline, &asked));
		TRY(redis_node_receive(redis->nodes[node], deadline, &errands[i].reply));
	}
	return NULL;
}

/* ---- clusters ---- */

/* "MOVED 3999 127.0.0.1:6381", "ASK 3999 :6381" (the same host), "MOVED 3999 ::1:6381". NULL if it is none. */
static char *redirection(const redisReply *reply, const char *from)
{
	if (reply->type != REDIS_REPLY_ERROR)
		return NULL;
	if (!text_starts(reply->str, "MOVED ") && !text_starts(reply->str, "ASK "))
		return NULL;
	const char *to = strrchr(reply->str, ' ') + 1, *colon = strrchr(to, ':');
	int64_t port;
	if (!colon || !redis_port_parse(colon + 1, &port))
		return NULL;
	const char *end = strrchr(from, ':');
	if (colon == to)
		return end ? text_format("%.*s:%lld", (int)(end - from), from, (long long)port) : NULL;
	AUTO(memory) char *host = text_copy_n(to, (size_t)(colon - to));
	return redis_host_valid(host) ? redis_address(host, port) : NULL;
}

static fallible node_at(struct redis *redis, const char *address, int64_t deadline, size_t *index)
{
	for (*index = 0; *index < redis->count; ++*index)
		if (!strcmp(redis_node_address(redis->nodes[*index]), address))
			return NULL;
	struct redis_node *node = NULL;
	TRY(redis_node_enter(redis->target, address, deadline, &node));
	add_node(redis, node);
	return NULL;
}

/* Sends an errand that was answered with a redirection on its way again. */
static fallible redirect(struct redis *redis, struct errand *errand, int64_t deadline, bool *again)
{
	AUTO(memory) char *address = redirection(errand->reply, redis_node_address(redis->nodes[errand->node]));
	if (!address)
		return NULL;
	errand->asking = text_starts(errand->reply->str, "ASK ");
	freeReplyObject(errand->reply);
	errand->reply = NULL;
	*again = true;
	return error_wrap(node_at(redis, address, deadline, &errand->node), "a node of the cluster");
}

static fallible run_at(struct redis *redis, struct errand *errands, size_t count, size_t node, int64_t deadline)
{
	TRY(send_errands(redis, errands, count, node, deadline));
	return receive_errands(redis, errands, count, node, deadline);
}

/* Runs what is still to be run, node by node; `again`: some were sent elsewhere. */
static fallible run_round(struct redis *redis, struct errand *errands, size_t count, bool last, bool *again)
{
	int64_t deadline = clock_monotonic_ms() + redis->timeout_ms;
	AUTO(memory) bool *open = mem_new(count, sizeof *open);
	*again = false;
	for (size_t i = 0; i < count; i++)
		open[i] = !errands[i].reply;
	for (size_t i = 0; i < count; i++)
		if (!errands[i].reply)
			TRY(run_at(redis, errands, count, errands[i].node, deadline));
	for (size_t i = 0; i < count && !last; i++)
		if (open[i])
			TRY(redirect(redis, &errands[i], deadline, again));
	return NULL;
}

static fallible run(struct redis *redis, struct errand *errands, size_t count)
{
	bool again = true;
	for (int round = 1; again; round++)
		TRY(run_round(redis, errands, count, round == MOST_ROUNDS, &again));
	for (size_t i = 0; i < count; i++)
		if (errands[i].reply->type == REDIS_REPLY_ERROR)
			return redis_refusal(redis->nodes[errands[i].node], errands[i].reply);
	return NULL;
}

fallible redis_pipeline(struct redis *redis, const struct redis_words *commands, size_t count, redisReply **replies)
{
	struct errand *errands = mem_new(count, sizeof *errands);
	for (size_t i = 0; i < count; i++)
		errands[i].command = &commands[i];
	struct error *error = run(redis, errands, count);
	for (size_t i = 0; i < count && !error; i++) {
		replies[i] = errands[i].reply;
		errands[i].reply = NULL;
	}
	errands_free(errands, count);
	return error;
}

fallible redis_command(struct redis *redis, const char *const *words, size_t count, redisReply **reply)
{
	AUTO(redis_reply) redisReply *answer = NULL;
	TRY(redis_pipeline(redis, &(struct redis_words){words, count}, 1, &answer));
	if (reply) {
		*reply = answer;
		answer = NULL;
	}
	return NULL;
}
