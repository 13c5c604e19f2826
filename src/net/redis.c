#include "net/redis.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

#define DEFAULT_TIMEOUT_S 10
#define MOST_REDIRECTS 5
/* Nothing that is asked for here has a long answer; what sends more is no Redis, or means no good. */
#define LONGEST_ANSWER (1024 * 1024)
#define MOST_ELEMENTS 1000

#if HIREDIS_MAJOR < 1
typedef int element_count;
#else
typedef size_t element_count;
#endif

struct redis {
	CURL *curl;
	redisReader *reader;
	redisReplyObjectFunctions make; /* hiredis' own, but for arrays */
	char *address; /* "host:port", for messages */
	int64_t timeout_ms;
	const struct redis_target *target;
};

/* ---- the connection ---- */

static int stop_when_cancelled(void *unused, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)unused, (void)a, (void)b, (void)c, (void)d;
	return cancel_requested();
}

static fallible unreachable(const struct redis *redis, const char *why)
{
	return error_hint(error_new(ERR_UNREACHABLE, "Redis at %s: %s", redis->address, why),
			  "check REDIS_URL and that the server runs");
}

/* hiredis makes room for as many elements as are announced: up to 16 GiB before the first of them is there. */
static void *make_array(const redisReadTask *task, element_count count)
{
	const redisReplyObjectFunctions *usual = task->privdata;
	return count > MOST_ELEMENTS ? NULL : usual->createArray(task, count);
}

static redisReader *start_reader(struct redis *redis)
{
	redisReader *reader = redisReaderCreate();
	if (!reader)
		return NULL;
	redis->make = *reader->fn;
	redis->make.createArray = make_array;
	reader->privdata = reader->fn;
	reader->fn = &redis->make;
	return reader;
}

static fallible connect_to(struct redis *redis, const char *address)
{
	free(redis->address);
	redis->address = text_copy(address);
	curl_easy_cleanup(redis->curl);
	redisReaderFree(redis->reader);
	redis->reader = start_reader(redis);
	redis->curl = curl_easy_init();
	if (!redis->curl || !redis->reader)
		return error_new(ERR_FAILED, "libcurl can't be started");
	AUTO(memory) char *url = text_format("%s://%s/", redis->target->tls ? "https" : "http", address);
	char why[CURL_ERROR_SIZE] = "";
	CURL *curl = redis->curl;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)redis->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_cancelled);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	TRY(cancel_check());
	return code == CURLE_OK ? NULL : unreachable(redis, *why ? why : curl_easy_strerror(code));
}

static fallible wait_for(struct redis *redis, short events, int64_t deadline)
{
	curl_socket_t socket = CURL_SOCKET_BAD;
	curl_easy_getinfo(redis->curl, CURLINFO_ACTIVESOCKET, &socket);
	struct pollfd fds[] = {{.fd = socket, .events = events}, {.fd = cancel_fd(), .events = POLLIN}};
	int64_t left = deadline - clock_monotonic_ms();
	int ready = left > 0 ? poll(fds, COUNT(fds), (int)left) : 0;
	TRY(cancel_check());
	if (ready < 0 && errno != EINTR)
		return error_system(errno, "poll");
	return ready == 0 ? unreachable(redis, "no answer in time") : NULL;
}

static fallible send_all(struct redis *redis, const char *bytes, size_t size, int64_t deadline)
{
	while (size) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(redis->curl, bytes, size, &sent);
		if (code == CURLE_AGAIN)
			TRY(wait_for(redis, POLLOUT, deadline));
		else if (code != CURLE_OK)
			return unreachable(redis, curl_easy_strerror(code));
		bytes += sent;
		size -= sent;
	}
	return NULL;
}

static fallible receive(struct redis *redis, redisReply **reply, int64_t deadline)
{
	char buffer[16384];
	for (size_t received = 0;;) {
		void *answer = NULL;
		if (redisReaderGetReply(redis->reader, &answer) != REDIS_OK)
			return unreachable(redis, "the answer is not Redis'");
		if (answer) {
			*reply = answer;
			return NULL;
		}
		size_t got = 0;
		CURLcode code = curl_easy_recv(redis->curl, buffer, sizeof buffer, &got);
		if (code == CURLE_AGAIN)
			TRY(wait_for(redis, POLLIN, deadline));
		else if (code != CURLE_OK || !got)
			return unreachable(redis, "the server closed the connection");
		else if ((received += got) > LONGEST_ANSWER || redisReaderFeed(redis->reader, buffer, got) != REDIS_OK)
			return unreachable(redis, "the answer is not Redis'");
	}
}

/* ---- commands ---- */

static fallible exchange(struct redis *redis, const char *const *words, size_t count, redisReply **reply)
{
	AUTO(memory) const char **list = mem_new(count, sizeof *list);
	AUTO(memory) size_t *sizes = mem_new(count, sizeof *sizes);
	for (size_t i = 0; i < count; i++) {
		list[i] = words[i];
		sizes[i] = strlen(words[i]);
	}
	char *bytes = NULL;
	long long size = redisFormatCommandArgv(&bytes, (int)count, list, sizes);
	if (size < 0)
		return error_new(ERR_FAILED, "hiredis can't format a command");
	int64_t deadline = clock_monotonic_ms() + redis->timeout_ms;
	struct error *error = send_all(redis, bytes, (size_t)size, deadline);
	mem_wipe(bytes, (size_t)size);
	redisFreeCommand(bytes);
	return error ? error : receive(redis, reply, deadline);
}

static fallible refused(const struct redis *redis, const redisReply *reply)
{
	AUTO(str) struct str text = {0};
	utf8_add_safe(&text, reply->str, reply->len);
	const char *answer = str_text(&text);
	bool credentials = text_starts(answer, "NOAUTH") || text_starts(answer, "WRONGPASS") ||
			   text_starts(answer, "NOPERM") || text_starts(answer, "ERR invalid password");
	if (!credentials)
		return error_new(ERR_FAILED, "Redis at %s: %s", redis->address, answer);
	return error_hint(error_new(ERR_PERMISSION, "Redis at %s: %s", redis->address, answer),
			  "check user and password in REDIS_URL");
}

static fallible sign_in(struct redis *redis)
{
	const struct redis_target *target = redis->target;
	if (target->password) {
		const char *words[] = {"AUTH", target->user ? target->user : target->password, target->password};
		TRY(redis_command(redis, words, target->user ? 3 : 2, NULL));
	}
	return NULL;
}

static fallible sign_in_and_select(struct redis *redis)
{
	TRY(sign_in(redis));
	if (!redis->target->database)
		return NULL;
	AUTO(memory) char *number = text_format("%lld", (long long)redis->target->database);
	const char *words[] = {"SELECT", number};
	return redis_command(redis, words, COUNT(words), NULL);
}

/* "MOVED 3999 127.0.0.1:6381": the slot lives there for good. */
static fallible follow(struct redis *redis, const redisReply *reply)
{
	const char *address = strrchr(reply->str, ' ');
	TRY(connect_to(redis, address ? address + 1 : redis->address));
	return sign_in(redis);
}

fallible redis_command(struct redis *redis, const char *const *words, size_t count, redisReply **reply)
{
	for (int redirects = 0;; redirects++) {
		AUTO(redis_reply) redisReply *answer = NULL;
		TRY(exchange(redis, words, count, &answer));
		if (answer->type != REDIS_REPLY_ERROR) {
			if (reply) {
				*reply = answer;
				answer = NULL;
			}
			return NULL;
		}
		if (!text_starts(answer->str, "MOVED ") || redirects == MOST_REDIRECTS)
			return refused(redis, answer);
		TRY(follow(redis, answer));
	}
}

/* ---- opening ---- */

static fallible ask_sentinel(struct redis *redis, const char *sentinel, char **master)
{
	const char *words[] = {"SENTINEL", "get-master-addr-by-name", redis->target->host};
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(connect_to(redis, sentinel));
	TRY(sign_in(redis));
	TRY(redis_command(redis, words, COUNT(words), &reply));
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 || !reply->element[0]->str ||
	    !reply->element[1]->str)
		return error_new(ERR_UNREACHABLE, "Sentinel at %s knows no service %s", sentinel, redis->target->host);
	*master = text_format("%s:%s", reply->element[0]->str, reply->element[1]->str);
	return NULL;
}

/* The first sentinel that knows the master decides; the error of the last one is told otherwise. */
static fallible find_master(struct redis *redis, char **address)
{
	struct error *error = NULL;
	for (size_t i = 0; i < redis->target->sentinels.count; i++) {
		error_free(error);
		error = ask_sentinel(redis, redis->target->sentinels.items[i], address);
		if (!error || error->code == ERR_INTERRUPTED)
			break;
	}
	return error;
}

static fallible open_target(struct redis *redis)
{
	const struct redis_target *target = redis->target;
	AUTO(memory) char *address = NULL;
	if (target->sentinels.count)
		TRY(find_master(redis, &address));
	else
		address = text_format("%s:%lld", target->host ? target->host : "localhost", (long long)target->port);
	TRY(connect_to(redis, address));
	return sign_in_and_select(redis);
}

fallible redis_open(const struct redis_target *target, int64_t timeout_s, struct redis **redis)
{
	struct redis *opened = mem_new(1, sizeof *opened);
	opened->target = target;
	opened->timeout_ms = (timeout_s ? timeout_s : DEFAULT_TIMEOUT_S) * 1000;
	struct error *error = open_target(opened);
	if (error)
		redis_close(opened);
	else
		*redis = opened;
	return error;
}

void redis_close(struct redis *redis)
{
	if (!redis)
		return;
	curl_easy_cleanup(redis->curl);
	redisReaderFree(redis->reader);
	free(redis->address);
	free(redis);
}
