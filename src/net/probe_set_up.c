#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "net/http_exchange.h"
#include "net/probe_exchange.h"

#define HEAD_LIMIT (64 * 1024)
#define TIMEOUT_MS 10000
#define SMALL_BUFFER 4096L /* there may be hundreds */
#define LARGE_BUFFER 65536L
#define EXPECT_MS 500L /* how long a refusal of what is announced may take */

/* ---- what libcurl calls ---- */

/* The head begins to come when the server has answered: what its Date is held against. */
static size_t take_header(char *line, size_t one, size_t size, void *state)
{
	struct probe_exchange *exchange = state;
	struct probe_answer *answer = &exchange->answer;
	if (!answer->answered_ms)
		answer->answered_ms = clock_now_us() / 1000;
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
	struct probe_exchange *exchange = state;
	struct str *body = &exchange->answer.http.body;
	size_t room = exchange->body_limit - body->size;
	if (!exchange->body_began_us)
		exchange->body_began_us = clock_monotonic_us();
	exchange->too_long = one * size > room;
	str_add_n(body, bytes, exchange->too_long ? room : one * size);
	return exchange->too_long ? 0 : one * size;
}

/* It is asked for the body that was announced: the server has not refused it. */
static size_t withhold_body(char *to UNUSED, size_t one UNUSED, size_t room UNUSED, void *state)
{
	((struct probe_exchange *)state)->withheld = true;
	return CURL_READFUNC_ABORT;
}

/* ---- setting one up ---- */

static void set_body(struct probe_exchange *exchange, const struct probe_request *request)
{
	CURL *curl = exchange->curl;
	if (!request->announced)
		exchange->headers = curl_slist_append(exchange->headers, "Expect:"); /* it would add one of its own */
	if (request->announced) {
		exchange->headers = curl_slist_append(exchange->headers, "Expect: 100-continue");
		curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, EXPECT_MS);
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->announced);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, withhold_body);
		curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
	} else if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	}
}

static void set_texts(struct probe_exchange *exchange, const struct probe_request *request)
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

static void set_trust(struct probe_exchange *exchange, const struct probe_request *request)
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

static long http_version_for(const struct probe_request *request)
{
	if (!request->http2)
		return CURL_HTTP_VERSION_1_1;
	return text_starts(request->url, "https:") ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
}

void probe_set_up(struct probe_exchange *exchange, const struct probe_request *request)
{
	CURL *curl = exchange->curl;
	int64_t ms = time_for(exchange->probes, request);
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "owctl/" OWCTL_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, http_version_for(request));
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->socket);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, exchange->body_limit > LARGE_BUFFER ? LARGE_BUFFER : SMALL_BUFFER);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, (long)request->fresh);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, (long)request->fresh);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, request->compressed ? "" : NULL);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a thread that still looks up a name is left behind */
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(request->connect_ms && request->connect_ms < ms ? request->connect_ms : ms));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ms);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->why);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, exchange);
	set_texts(exchange, request);
	set_trust(exchange, request);
}
