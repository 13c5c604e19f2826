#include "net/probe.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "net/http_exchange.h"
#include "net/probe_certificate.h"

#define ANSWER_LIMIT (64 * 1024)
#define HEAD_LIMIT (64 * 1024)
#define SMALL_BUFFER 4096L /* there may be hundreds */
#define LARGE_BUFFER 65536L
#define TIMEOUT_MS 10000
#define PER_SERVER 3
#define WAIT_MS 50 /* how soon a signal is noticed */

struct exchange {
	struct probes *probes;
	struct exchange *next, **before; /* of all that are under way */
	CURL *curl;
	char *url; /* of the server alone, for messages */
	char why[CURL_ERROR_SIZE];
	struct curl_slist *headers, *address;
	size_t body_limit, head_size;
	bool upgrade, upgraded, too_long, withheld;
	void (*done)(void *state, struct probe_answer *answer);
	void *state;
	struct probe_answer answer;
};

struct probes {
	struct probe_options options;
	CURLM *multi;
	struct exchange *first;
};

struct probes *probes_new(const struct probe_options *options)
{
	struct probes *probes = mem_new(1, sizeof *probes);
	probes->options = *options;
	probes->multi = curl_multi_init();
	size_t per_server = options->per_server ? options->per_server : PER_SERVER;
	curl_multi_setopt(probes->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)per_server);
	return probes;
}

static void exchange_free(struct exchange *exchange)
{
	*exchange->before = exchange->next;
	if (exchange->next)
		exchange->next->before = exchange->before;
	curl_multi_remove_handle(exchange->probes->multi, exchange->curl);
	curl_easy_cleanup(exchange->curl);
	for (struct curl_slist *header = exchange->headers; header; header = header->next)
		mem_wipe(header->data, strlen(header->data));
	curl_slist_free_all(exchange->headers);
	curl_slist_free_all(exchange->address);
	probe_answer_cleanup(&exchange->answer);
	free(exchange->url);
	free(exchange);
}

void probes_free(struct probes *probes)
{
	if (!probes)
		return;
	while (probes->first)
		exchange_free(probes->first);
	curl_multi_cleanup(probes->multi);
	free(probes);
}

void probe_answer_cleanup(struct probe_answer *answer)
{
	error_free(answer->failure);
	http_answer_cleanup(&answer->http);
	free(answer->address);
	probe_certificate_cleanup(&answer->certificate);
	*answer = (struct probe_answer){0};
}

/* ---- what libcurl calls ---- */

static int64_t wall_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The head begins to come when the server has answered: what its Date is held against. */
static size_t take_header(char *line, size_t one, size_t size, void *state)
{
	struct exchange *exchange = state;
	struct probe_answer *answer = &exchange->answer;
	if (!answer->answered_ms)
		answer->answered_ms = wall_ms();
	http_take_header(&answer->http, line, one * size);
	exchange->head_size += one * size;
	exchange->too_long = exchange->head_size > HEAD_LIMIT;
	bool ends = size > 0 && (*line == '\r' || *line == '\n');
	curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &answer->http.status);
	exchange->upgraded = exchange->upgrade && ends && answer->http.status == 101;
	return exchange->too_long || exchange->upgraded ? 0 : one * size;
}

static size_t take_body(char *bytes, size_t one, size_t size, void *state)
{
	struct exchange *exchange = state;
	struct str *body = &exchange->answer.http.body;
	size_t room = exchange->body_limit - body->size;
	exchange->too_long = one * size > room;
	str_add_n(body, bytes, exchange->too_long ? room : one * size);
	return exchange->too_long ? 0 : one * size;
}

/* It is asked for the body that was announced: the server has not refused it. */
static size_t withhold_body(char *to UNUSED, size_t one UNUSED, size_t room UNUSED, void *state)
{
	((struct exchange *)state)->withheld = true;
	return CURL_READFUNC_ABORT;
}

/* ---- setting one up ---- */

static void set_body(struct exchange *exchange, const struct probe_request *request)
{
	CURL *curl = exchange->curl;
	if (!request->announced)
		exchange->headers = curl_slist_append(exchange->headers, "Expect:"); /* it would add one of its own */
	if (request->announced) {
		exchange->headers = curl_slist_append(exchange->headers, "Expect: 100-continue");
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->announced);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, withhold_body);
		curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
	} else if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	}
}

static void set_texts(struct exchange *exchange, const struct probe_request *request)
{
	exchange->headers = curl_slist_append(NULL, "Accept:"); /* libcurl would add one of its own */
	set_body(exchange, request);
	for (const char *const *header = request->headers; header && *header; header++)
		exchange->headers = curl_slist_append(exchange->headers, *header);
	curl_easy_setopt(exchange->curl, CURLOPT_HTTPHEADER, exchange->headers);
	if (request->address) {
		AUTO(memory) char *to = text_format("::%s", request->address);
		exchange->address = curl_slist_append(NULL, to);
		curl_easy_setopt(exchange->curl, CURLOPT_CONNECT_TO, exchange->address);
	}
	if (request->method)
		curl_easy_setopt(exchange->curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_text(CURL *curl, CURLoption option, const char *pem)
{
	struct curl_blob blob = {.data = (void *)(uintptr_t)pem, .len = pem ? strlen(pem) : 0, .flags = CURL_BLOB_COPY};
	if (pem)
		curl_easy_setopt(curl, option, &blob);
}

static void set_trust(struct exchange *exchange, const struct probe_request *request)
{
	CURL *curl = exchange->curl;
	http_set_authorities(curl, request->ca_file ? request->ca_file : exchange->probes->options.ca_file);
	curl_easy_setopt(curl, CURLOPT_SSLCERT, request->certificate);
	curl_easy_setopt(curl, CURLOPT_SSLKEY, request->key);
	set_text(curl, CURLOPT_CAINFO_BLOB, request->ca_text);
	set_text(curl, CURLOPT_SSLCERT_BLOB, request->certificate_text);
	set_text(curl, CURLOPT_SSLKEY_BLOB, request->key_text);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, request->unverified ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, request->unverified ? 0L : 2L);
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
	if (request->old_tls) { /* which OpenSSL only speaks at its lowest level */
		curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0 | CURL_SSLVERSION_MAX_TLSv1_1);
		curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
	}
}

static int64_t time_for(const struct probes *probes, const struct probe_request *request)
{
	int64_t ms = request->timeout_ms ? request->timeout_ms : probes->options.timeout_ms;
	if (!ms)
		ms = TIMEOUT_MS;
	if (probes->options.deadline_ms) {
		int64_t left = probes->options.deadline_ms - clock_monotonic_ms();
		ms = left < ms ? left : ms;
	}
	return ms > 0 ? ms : 1;
}

static void set_up(struct exchange *exchange, const struct probe_request *request)
{
	CURL *curl = exchange->curl;
	int64_t ms = time_for(exchange->probes, request);
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "owctl/" OWCTL_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->socket);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, exchange->body_limit > ANSWER_LIMIT ? LARGE_BUFFER : SMALL_BUFFER);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, (long)request->fresh);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, (long)request->fresh);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a thread that still looks up a name is left behind */
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ms);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->why);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, exchange);
	set_texts(exchange, request);
	set_trust(exchange, request);
}

void probes_add(struct probes *probes, const struct probe_request *request)
{
	struct exchange *exchange = mem_new(1, sizeof *exchange);
	exchange->probes = probes;
	exchange->next = probes->first;
	exchange->before = &probes->first;
	if (probes->first)
		probes->first->before = &exchange->next;
	probes->first = exchange;
	const char *host = strstr(request->url, "://");
	exchange->url = text_copy_n(request->url, host ? (size_t)(host - request->url) + 3 + strcspn(host + 3, "/?")
						       : 0);
	exchange->body_limit = request->answer_limit ? request->answer_limit : ANSWER_LIMIT;
	exchange->upgrade = request->upgrade;
	exchange->done = request->done;
	exchange->state = request->state;
	exchange->answer.asked_ms = wall_ms();
	exchange->curl = curl_easy_init();
	set_up(exchange, request);
	curl_multi_add_handle(probes->multi, exchange->curl);
}

/* ---- what became of one ---- */

static const struct {
	CURLcode code;
	enum probe_end end;
} ends[] = {
	{CURLE_COULDNT_RESOLVE_HOST, PROBE_UNRESOLVED}, {CURLE_URL_MALFORMAT, PROBE_UNRESOLVED},
	{CURLE_COULDNT_CONNECT, PROBE_REFUSED},		{CURLE_OPERATION_TIMEDOUT, PROBE_TIMED_OUT},
	{CURLE_PEER_FAILED_VERIFICATION, PROBE_UNTRUSTED},
};

static enum probe_end end_of(const struct exchange *exchange, CURLcode code)
{
	if (code == CURLE_OK || exchange->upgraded || exchange->withheld)
		return PROBE_ANSWERED;
	if (exchange->too_long)
		return PROBE_TOO_LONG;
	for (size_t i = 0; i < COUNT(ends); i++)
		if (ends[i].code == code)
			return ends[i].end;
	return PROBE_BROKEN;
}

static fallible failure_of(const struct exchange *exchange, CURLcode code)
{
	bool passing;
	if (exchange->answer.end == PROBE_TOO_LONG)
		return error_new(ERR_FAILED, "%s: the answer is too long", exchange->url);
	if (exchange->answer.end == PROBE_TIMED_OUT)
		return error_new(ERR_UNREACHABLE, "%s: %s within %.1f s", exchange->url,
				 !exchange->answer.connected	 ? "no connection"
				 : exchange->answer.answered_ms ? "the answer did not end"
								 : "no answer",
				 (double)exchange->answer.total_us / 1e6);
	return http_failure(exchange->url, code, exchange->why, 0, &passing);
}

static int64_t time_of(CURL *curl, CURLINFO what)
{
	curl_off_t us = 0;
	curl_easy_getinfo(curl, what, &us);
	return us;
}

static void conclude(struct exchange *exchange, CURLcode code)
{
	CURL *curl = exchange->curl;
	struct probe_answer *answer = &exchange->answer;
	const char *address = NULL;
	long system_error = 0;
	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_error);
	curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->http.status);
	answer->address = address && *address ? text_copy(address) : NULL;
	answer->connect_us = time_of(curl, CURLINFO_CONNECT_TIME_T);
	answer->first_byte_us = time_of(curl, CURLINFO_STARTTRANSFER_TIME_T);
	answer->total_us = time_of(curl, CURLINFO_TOTAL_TIME_T);
	answer->connected = answer->address != NULL && code != CURLE_COULDNT_CONNECT;
	answer->end = end_of(exchange, code);
	if (exchange->withheld)
		answer->http.status = 100;
	answer->system_error = (int)system_error;
	probe_certificate_read(curl, &answer->certificate);
	if (answer->end != PROBE_ANSWERED)
		answer->failure = failure_of(exchange, code);
	if (exchange->done)
		exchange->done(exchange->state, answer);
	exchange_free(exchange);
}

static void conclude_all(struct probes *probes)
{
	int left;
	const CURLMsg *message;
	while ((message = curl_multi_info_read(probes->multi, &left))) {
		struct exchange *exchange = NULL;
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
		conclude(exchange, code);
	}
}

static bool goes_on(struct probes *probes)
{
	const struct probe_options *options = &probes->options;
	bool late = options->deadline_ms && clock_monotonic_ms() >= options->deadline_ms;
	bool waits = options->waits && options->waits(options->state) && !late;
	return waits || probes->first;
}

fallible probes_run(struct probes *probes)
{
	while (goes_on(probes)) {
		int running, ready;
		TRY(cancel_check());
		CURLMcode code = curl_multi_perform(probes->multi, &running);
		conclude_all(probes);
		if (code == CURLM_OK && (probes->first || goes_on(probes)))
			code = curl_multi_poll(probes->multi, NULL, 0, WAIT_MS, &ready);
		if (code != CURLM_OK)
			return error_new(ERR_FAILED, "libcurl: %s", curl_multi_strerror(code));
	}
	return NULL;
}

void probes_wake(struct probes *probes)
{
	curl_multi_wakeup(probes->multi);
}

/* ---- one alone ---- */

static void take_over(void *state, struct probe_answer *answer)
{
	*(struct probe_answer *)state = *answer;
	*answer = (struct probe_answer){0};
}

fallible probe_once(const struct probe_options *options, const struct probe_request *request,
		    struct probe_answer *answer)
{
	AUTO(probes) struct probes *probes = probes_new(options);
	struct probe_request own = *request;
	own.done = take_over;
	own.state = answer;
	probes_add(probes, &own);
	return probes_run(probes);
}
