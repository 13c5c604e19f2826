#include "net/probe.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "net/http_exchange.h"
#include "net/probe_certificate.h"
#include "net/probe_exchange.h"

#define ANSWER_LIMIT (64 * 1024)
#define PER_SERVER 3
#define WAIT_MS 50 /* how soon a signal is noticed */
#define FILES_WANTED 8192
#define FILES_OF_OTHERS 64 /* databases, stores, .. */

/* A connection takes a file descriptor, and two more while its name is looked up. What the limit of the process has no
 * room for waits its turn. */
static long most_connections(void)
{
	struct rlimit limit = {.rlim_cur = FILES_OF_OTHERS};
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < FILES_WANTED && limit.rlim_cur < limit.rlim_max) {
		struct rlimit raised = {limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED, limit.rlim_max};
		limit = setrlimit(RLIMIT_NOFILE, &raised) ? limit : raised;
	}
	long files = limit.rlim_cur > FILES_WANTED ? FILES_WANTED : (long)limit.rlim_cur;
	return files > FILES_OF_OTHERS + 3 ? (files - FILES_OF_OTHERS) / 3 : 1;
}

struct probes *probes_new(const struct probe_options *options)
{
	struct probes *probes = mem_new(1, sizeof *probes);
	probes->options = *options;
	probes->multi = curl_multi_init();
	size_t per_server = options->per_server ? options->per_server : PER_SERVER;
	curl_multi_setopt(probes->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)per_server);
	curl_multi_setopt(probes->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most_connections());
	return probes;
}

static void exchange_free(struct probe_exchange *exchange)
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

void probes_add(struct probes *probes, const struct probe_request *request)
{
	struct probe_exchange *exchange = mem_new(1, sizeof *exchange);
	exchange->probes = probes;
	exchange->next = probes->first;
	exchange->before = &probes->first;
	if (probes->first)
		probes->first->before = &exchange->next;
	probes->first = exchange;
	exchange->url = http_origin(request->url);
	exchange->body_limit = request->answer_limit ? request->answer_limit : ANSWER_LIMIT;
	exchange->upgrade = request->upgrade;
	exchange->done = request->done;
	exchange->state = request->state;
	exchange->answer.asked_ms = clock_now_us() / 1000;
	exchange->curl = curl_easy_init();
	probe_set_up(exchange, request);
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

static enum probe_end end_of(const struct probe_exchange *exchange, CURLcode code)
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

static fallible failure_of(const struct probe_exchange *exchange, CURLcode code)
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

static void conclude(struct probe_exchange *exchange, CURLcode code)
{
	CURL *curl = exchange->curl;
	struct probe_answer *answer = &exchange->answer;
	const char *address = NULL;
	long system_error = 0;
	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_error);
	curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->http.status);
	answer->address = address && *address ? text_copy(address) : NULL;
	answer->resolve_us = time_of(curl, CURLINFO_NAMELOOKUP_TIME_T);
	answer->connect_us = time_of(curl, CURLINFO_CONNECT_TIME_T);
	answer->first_byte_us = time_of(curl, CURLINFO_STARTTRANSFER_TIME_T);
	answer->total_us = time_of(curl, CURLINFO_TOTAL_TIME_T);
	if (exchange->body_began_us)
		answer->body_us = answer->total_us - (clock_monotonic_us() - exchange->body_began_us);
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
		struct probe_exchange *exchange = NULL;
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
		if (!probes->options.parting)
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
