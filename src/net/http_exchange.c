#include "net/http_exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"

#define ANSWER_LIMIT (64 * 1024)
#define SOCKET_BUFFER (256L * 1024)

struct exchange {
	CURL *curl;
	const struct http_options *options;
	struct rate *rate;
	const struct http_request *request;
	struct http_answer *answer;
	struct error *error; /* of the caller's functions, or of an answer that can't be taken */
	size_t sent;
	bool begun; /* the body of the answer */
	bool further;
	curl_off_t moved; /* bytes, as far as was seen */
	int64_t moved_at;
	bool silent;
};

static void curl_list_cleanup(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static bool is_cancelled(const struct exchange *exchange)
{
	return cancel_requested() && !exchange->request->parting;
}

/* ---- what libcurl calls ---- */

static size_t give_body(char *to, size_t one, size_t room, void *state)
{
	struct exchange *exchange = state;
	size_t left = exchange->request->body_size - exchange->sent;
	size_t size = left < one * room ? left : one * room;
	rate_wait(exchange->rate, size);
	if (is_cancelled(exchange))
		return CURL_READFUNC_ABORT;
	if (size)
		memcpy(to, exchange->request->body + exchange->sent, size);
	exchange->sent += size;
	exchange->moved_at = clock_monotonic_ms();
	return size;
}

/* A connection that the server had closed meanwhile is made anew by libcurl, which then begins again. */
static int seek_body(void *state, curl_off_t offset, int origin)
{
	struct exchange *exchange = state;
	if (origin != SEEK_SET || (uint64_t)offset > exchange->request->body_size)
		return CURL_SEEKFUNC_FAIL;
	exchange->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

void http_take_header(struct http_answer *answer, const char *line, size_t size)
{
	while (size && strchr("\r\n", line[size - 1]))
		size--;
	if (size > 5 && !strncmp(line, "HTTP/", 5)) {
		strings_cleanup(&answer->headers);
		answer->headers = (struct strings){0};
	} else if (size) {
		strings_add_taken(&answer->headers, text_copy_n(line, size));
	}
}

static size_t take_header(char *line, size_t one, size_t size, void *state)
{
	struct exchange *exchange = state;
	http_take_header(exchange->answer, line, one * size);
	return one * size;
}

static fallible take_piece(struct exchange *exchange, const char *bytes, size_t size)
{
	const struct http_request *request = exchange->request;
	struct http_answer *answer = exchange->answer;
	if (!exchange->begun)
		curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	if (!request->out || answer->status != request->good) {
		exchange->begun = true;
		if (size > (request->answer_limit ? request->answer_limit : ANSWER_LIMIT) - answer->body.size)
			return error_new(ERR_FAILED, "the server's answer is too long");
		str_add_n(&answer->body, bytes, size);
		return NULL;
	}
	if (!exchange->begun && request->begin)
		TRY(request->begin(request->state, answer));
	exchange->begun = exchange->further = true;
	return sink_take(request->out, bytes, size);
}

static size_t take_body(char *bytes, size_t one, size_t size, void *state)
{
	struct exchange *exchange = state;
	rate_wait(exchange->rate, one * size);
	exchange->error = take_piece(exchange, bytes, one * size);
	exchange->moved_at = clock_monotonic_ms();
	return exchange->error ? 0 : one * size;
}

/* Called about once a second, whether anything moves or not. */
static int watch(void *state, curl_off_t a, curl_off_t down, curl_off_t b, curl_off_t up)
{
	(void)a, (void)b;
	struct exchange *exchange = state;
	int64_t now = clock_monotonic_ms();
	if (down + up != exchange->moved) {
		exchange->moved = down + up;
		exchange->moved_at = now;
	}
	exchange->silent = now - exchange->moved_at > exchange->options->silence_timeout_s * 1000;
	return exchange->silent || is_cancelled(exchange);
}

/* ---- setting it up ---- */

void http_set_authorities(CURL *curl, const char *ca_file)
{
	/* Debian's libcurl knows the system's authorities as a file and a folder; with a file of one's own only that
	 * one counts. */
	const char *file = ca_file ? ca_file : getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");
	if (file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, file);
	if (ca_file || folder)
		curl_easy_setopt(curl, CURLOPT_CAPATH, ca_file ? NULL : folder);
}

static void set_method(struct exchange *exchange)
{
	CURL *curl = exchange->curl;
	const struct http_request *request = exchange->request;
	if (request->body) {
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body_size);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
		curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
		curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, seek_body);
		curl_easy_setopt(curl, CURLOPT_SEEKDATA, exchange);
		curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, SOCKET_BUFFER);
	}
	if (!strcmp(request->method, "HEAD"))
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (strcmp(request->method, "GET") != 0)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_up(struct exchange *exchange, struct curl_slist *headers, char *why)
{
	CURL *curl = exchange->curl;
	curl_easy_reset(curl);
	set_method(exchange);
	http_set_authorities(curl, exchange->options->ca_file);
	curl_easy_setopt(curl, CURLOPT_URL, exchange->request->url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "owctl/" OWCTL_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, SOCKET_BUFFER);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a thread that still looks up a name is left behind */
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)exchange->options->connect_timeout_s * 1000);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	if (exchange->request->parting)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 1000L);
	if (exchange->request->direct)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

/* ---- one exchange ---- */

static fallible list_headers(const struct http_request *request, struct curl_slist **list)
{
	AUTO(strings) struct strings headers = {0};
	if (request->prepare)
		TRY(request->prepare(request->state, &headers));
	/* libcurl would add these of its own. */
	strings_add(&headers, "Expect:");
	strings_add(&headers, "Accept:");
	for (size_t i = 0; i < headers.count; i++) {
		struct curl_slist *longer = curl_slist_append(*list, headers.items[i]);
		mem_wipe(headers.items[i], strlen(headers.items[i]));
		if (!longer)
			return error_new(ERR_FAILED, "no memory for a request");
		*list = longer;
	}
	return NULL;
}

fallible http_exchange(CURL *curl, const struct http_options *options, struct rate *rate,
		       const struct http_request *request, struct http_answer *answer, bool *further, bool *passing)
{
	AUTO(curl_list) struct curl_slist *headers = NULL;
	char why[CURL_ERROR_SIZE] = "";
	struct exchange exchange = {.curl = curl,
				    .options = options,
				    .rate = rate,
				    .request = request,
				    .answer = answer,
				    .moved_at = clock_monotonic_ms()};
	TRY(list_headers(request, &headers));
	set_up(&exchange, headers, why);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, (char *)NULL);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, (struct curl_slist *)NULL);
	*further = exchange.further;
	if (exchange.error)
		return exchange.error;
	if (is_cancelled(&exchange))
		return cancel_check();
	/* A server that refuses may close before it has taken the whole body. */
	if (code == CURLE_OK || (code == CURLE_SEND_ERROR && answer->status >= 400))
		return NULL;
	return http_failure(request->url, code, why, exchange.silent ? options->silence_timeout_s : 0, passing);
}
