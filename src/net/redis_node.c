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
#include "base/utf8.h"

/* What one reply may hold; INFO of a large server is some kilobytes, CLIENT LIST some megabytes. */
#define LARGEST_REPLY (64 << 20)

struct redis_node {
	const struct redis_target *target;
	char *address;
	CURL *curl;
	redisReader *reader;
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

/* ---- connecting ---- */

static int stop_when_cancelled(void *unused, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)unused, (void)a, (void)b, (void)c, (void)d;
	return cancel_requested();
}

static const struct {
	CURLcode code;
	enum error_code error;
	const char *hint;
} connect_errors[] = {
	{CURLE_PEER_FAILED_VERIFICATION, ERR_SETTINGS,
	 "ssl_ca_certs=FILE in REDIS_URL names the authority that signed the certificate, and the URL must have the name "
	 "that is in it"},
	{CURLE_SSL_CACERT_BADFILE, ERR_SETTINGS, "ssl_ca_certs of REDIS_URL must name a file of certificates (PEM)"},
	{CURLE_SSL_CERTPROBLEM, ERR_SETTINGS, "check ssl_certfile, ssl_keyfile and ssl_password in REDIS_URL"},
};

static fallible connect_error(const struct redis_node *node, CURLcode code, const char *why)
{
	enum error_code error = ERR_UNREACHABLE;
	const char *hint = node->target->tls ? "check REDIS_URL, and that the server runs; a port without TLS wants redis://"
					     : "check REDIS_URL, and that the server runs";
	for (size_t i = 0; i < COUNT(connect_errors); i++)
		if (connect_errors[i].code == code) {
			error = connect_errors[i].error;
			hint = connect_errors[i].hint;
		}
	AUTO(str) struct str text = {0};
	why = *why ? why : curl_easy_strerror(code);
	utf8_add_safe(&text, why, strlen(why));
	return error_hint(error_new(error, "Redis at %s: %s", node->address, str_text(&text)), "%s", hint);
}

static void set_text(CURL *curl, CURLoption option, const char *text)
{
	if (text)
		curl_easy_setopt(curl, option, text);
}

/* Debian's libcurl knows the system's authorities as a file and a folder; what is set takes the place of its kind. */
static void set_tls(CURL *curl, const struct redis_target *target)
{
	set_text(curl, CURLOPT_CAINFO, target->ca_file ? target->ca_file : getenv("SSL_CERT_FILE"));
	set_text(curl, CURLOPT_CAPATH, target->ca_folder ? target->ca_folder : getenv("SSL_CERT_DIR"));
	set_text(curl, CURLOPT_SSLCERT, target->certificate);
	set_text(curl, CURLOPT_SSLKEY, target->key);
	set_text(curl, CURLOPT_KEYPASSWD, target->key_password);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, target->any_certificate ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, target->any_certificate || target->any_name ? 0L : 2L);
	curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

static CURLcode connect_curl(struct redis_node *node, long timeout_ms, char *why)
{
	bool socket = *node->address == '/';
	AUTO(memory) char *url =
		text_format("%s://%s/", node->target->tls ? "https" : "http", socket ? "localhost" : node->address);
	CURL *curl = node->curl;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	set_text(curl, CURLOPT_UNIX_SOCKET_PATH, socket ? node->address : NULL);
	set_tls(curl, node->target);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a thread that still looks up a name is left behind */
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_cancelled);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, (char *)NULL);
	return code;
}

fallible redis_node_open(const struct redis_target *target, const char *address, int64_t deadline,
			 struct redis_node **node)
{
	AUTO(redis_node) struct redis_node *opened = mem_new(1, sizeof *opened);
	int64_t left = deadline - clock_monotonic_ms();
	char why[CURL_ERROR_SIZE] = "";
	opened->target = target;
	opened->address = text_copy(address);
	opened->curl = curl_easy_init();
	opened->reader = redisReaderCreate();
	if (!opened->curl || !opened->reader)
		return error_new(ERR_FAILED, "libcurl or hiredis can't be started");
	CURLcode code = connect_curl(opened, left > 0 ? (long)left : 1, why); /* 0 would be libcurl's default */
	TRY(cancel_check());
	if (code != CURLE_OK)
		return connect_error(opened, code, why);
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
			  node->target->tls ? "if the server wants a client certificate, ssl_certfile and ssl_keyfile in "
					      "REDIS_URL name it"
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
