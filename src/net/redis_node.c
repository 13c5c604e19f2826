#include "net/redis_node.h"

#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"

/* What one reply may hold; INFO of a large server is some kilobytes, CLIENT LIST some megabytes. */
#define LARGEST_REPLY (16 << 20)
#define MOST_ELEMENTS (1 << 20)

struct redis_node {
	const struct redis_target *target;
	char *address;
	CURL *curl;
	redisReader *reader;
	const redisReplyObjectFunctions *plain; /* hiredis' own */
	redisReplyObjectFunctions bounded;
	bool lost; /* sent and received bytes no longer belong together */
};

const char *redis_node_address(const struct redis_node *node)
{
	return node->address;
}

const struct redis_target *redis_node_target(const struct redis_node *node)
{
	return node->target;
}

/* ---- opening ---- */

/* hiredis 0.14 (Debian 12) counts elements in an int, 1.x in a size_t. */
#if HIREDIS_MAJOR < 1
typedef int element_count;
#else
typedef size_t element_count;
#endif

/* hiredis makes room for what an array announces before any of it is there. */
static void *create_array(const redisReadTask *task, element_count elements)
{
	const struct redis_node *node = task->privdata;
	return elements > MOST_ELEMENTS ? NULL : node->plain->createArray(task, elements);
}

fallible redis_node_open(const struct redis_target *target, const char *address, int64_t deadline,
			 struct redis_node **node)
{
	AUTO(redis_node) struct redis_node *opened = mem_new(1, sizeof *opened);
	opened->target = target;
	opened->address = text_copy(address);
	opened->reader = redisReaderCreate();
	if (!opened->reader)
		return error_new(ERR_FAILED, "hiredis can't be started");
	opened->plain = opened->reader->fn;
	opened->bounded = *opened->plain;
	opened->bounded.createArray = create_array;
	opened->reader->fn = &opened->bounded;
	opened->reader->privdata = opened;
	TRY(redis_connect(target, address, deadline, &opened->curl));
	*node = opened;
	opened = NULL;
	return NULL;
}

void redis_node_close(struct redis_node *node)
{
	if (!node)
		return;
	curl_easy_cleanup(node->curl);
	redisReaderFree(node->reader);
	free(node->address);
	free(node);
}

/* ---- sending and receiving ---- */

static fallible lost(struct redis_node *node, const char *why)
{
	node->lost = true;
	return error_hint(error_new(ERR_UNREACHABLE, "Redis at %s: %s", node->address, why),
			  node->target->tls ? "if the server wants a client certificate, ssl_certfile and ssl_keyfile "
					      "in REDIS_URL name it"
					    : "if the port speaks TLS, REDIS_URL begins with rediss://");
}

static fallible late(struct redis_node *node)
{
	node->lost = true;
	return error_hint(error_new(ERR_UNREACHABLE, "Redis at %s: no answer in time", node->address),
			  "check that the server is not stopped or overloaded; --timeout gives it longer");
}

static fallible wait_for(struct redis_node *node, short events, int64_t deadline)
{
	curl_socket_t socket = CURL_SOCKET_BAD;
	curl_easy_getinfo(node->curl, CURLINFO_ACTIVESOCKET, &socket);
	if (socket == CURL_SOCKET_BAD)
		return lost(node, "the connection is gone");
	struct pollfd fds[] = {{.fd = socket, .events = events}, {.fd = cancel_fd(), .events = POLLIN}};
	int64_t left = deadline - clock_monotonic_ms();
	int ready = left > 0 ? poll(fds, COUNT(fds), left < INT_MAX ? (int)left : INT_MAX) : 0;
	int why = errno;
	if (cancel_requested())
		node->lost = true;
	TRY(cancel_check());
	if (ready < 0 && why != EINTR)
		return lost(node, strerrordesc_np(why));
	return ready == 0 ? late(node) : NULL;
}

fallible redis_node_send(struct redis_node *node, const char *bytes, size_t size, int64_t deadline)
{
	if (node->lost)
		return lost(node, "the connection was lost");
	while (size) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(node->curl, bytes, size, &sent);
		if (code == CURLE_AGAIN)
			TRY(wait_for(node, POLLOUT, deadline));
		else if (code != CURLE_OK)
			return lost(node, "the server closed the connection");
		bytes += sent;
		size -= sent;
	}
	return NULL;
}

fallible redis_node_receive(struct redis_node *node, int64_t deadline, redisReply **reply)
{
	char buffer[16384];
	size_t total = 0;
	for (;;) {
		void *answer = NULL;
		if (redisReaderGetReply(node->reader, &answer) != REDIS_OK)
			return lost(node, "what answers is not Redis");
		if (answer) {
			*reply = answer;
			return NULL;
		}
		if (total > LARGEST_REPLY)
			return lost(node, "the answer is too large");
		size_t got = 0;
		CURLcode code = curl_easy_recv(node->curl, buffer, sizeof buffer, &got);
		total += got;
		if (code == CURLE_AGAIN)
			TRY(wait_for(node, POLLIN, deadline));
		else if (code != CURLE_OK || !got)
			return lost(node, "the server closed the connection");
		else if (redisReaderFeed(node->reader, buffer, got) != REDIS_OK)
			return lost(node, "what answers is not Redis");
	}
}

fallible redis_format(struct str *bytes, const char *const *words, size_t count)
{
	AUTO(memory) const char **list = mem_new(count, sizeof *list);
	AUTO(memory) size_t *sizes = mem_new(count, sizeof *sizes);
	for (size_t i = 0; i < count; i++) {
		list[i] = words[i];
		sizes[i] = strlen(words[i]);
	}
	char *formatted = NULL;
	long long size = redisFormatCommandArgv(&formatted, (int)count, list, sizes);
	if (size < 0)
		return error_new(ERR_FAILED, "hiredis can't format a command");
	str_add_n(bytes, formatted, (size_t)size);
	mem_wipe(formatted, (size_t)size);
	redisFreeCommand(formatted);
	return NULL;
}

fallible redis_node_exchange(struct redis_node *node, const char *const *words, size_t count, int64_t deadline,
			     redisReply **reply)
{
	AUTO(str) struct str bytes = {0};
	TRY(redis_format(&bytes, words, count));
	struct error *error = redis_node_send(node, bytes.data, bytes.size, deadline);
	mem_wipe(bytes.data, bytes.size); /* AUTH holds the password */
	return error ? error : redis_node_receive(node, deadline, reply);
}
