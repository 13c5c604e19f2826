#include "net/http.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/again.h"
#include "net/http_exchange.h"

struct http {
	struct http_options options;
	char *ca_file;
	struct rate rate;
	atomic_bool reached; /* a server has answered */
	pthread_mutex_t lock; /* of what follows */
	CURL **idle; /* each keeps its connections; the one that was used last is used first */
	size_t idle_count, idle_room;
};

struct http *http_new(const struct http_options *options)
{
	struct http *http = mem_new(1, sizeof *http);
	http->options = *options;
	http->options.ca_file = http->ca_file = text_copy(options->ca_file);
	rate_init(&http->rate, options->bytes_per_second);
	pthread_mutex_init(&http->lock, NULL);
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	for (size_t i = 0; i < http->idle_count; i++)
		curl_easy_cleanup(http->idle[i]);
	pthread_mutex_destroy(&http->lock);
	pthread_mutex_destroy(&http->rate.lock);
	free(http->idle);
	free(http->ca_file);
	free(http);
}

static CURL *borrow(struct http *http)
{
	CURL *curl = NULL;
	pthread_mutex_lock(&http->lock);
	if (http->idle_count)
		curl = http->idle[--http->idle_count];
	pthread_mutex_unlock(&http->lock);
	return curl ? curl : curl_easy_init();
}

static void give_back(struct http *http, CURL *curl)
{
	pthread_mutex_lock(&http->lock);
	if (http->idle_count == http->idle_room) {
		http->idle_room = http->idle_room ? 2 * http->idle_room : 8;
		http->idle = mem_resize(http->idle, http->idle_room, sizeof(CURL *));
	}
	http->idle[http->idle_count++] = curl;
	pthread_mutex_unlock(&http->lock);
}

/* ---- answers ---- */

void http_answer_cleanup(struct http_answer *answer)
{
	strings_cleanup(&answer->headers);
	str_cleanup(&answer->body);
	*answer = (struct http_answer){0};
}

char *http_origin(const char *url)
{
	const char *host = strstr(url, "://");
	if (!host)
		return NULL;
	host += 3;
	size_t size = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', size);
	const char *from = at ? at + 1 : host;
	return text_format("%.*s%.*s", (int)(host - url), url, (int)(size - (size_t)(from - host)), from);
}

const char *http_header(const struct http_answer *answer, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < answer->headers.count; i++) {
		const char *header = answer->headers.items[i];
		if (!strncasecmp(header, name, size) && header[size] == ':')
			return header + size + 1 + strspn(header + size + 1, " \t");
	}
	return NULL;
}

bool http_is_passing(long status)
{
	static const long passing[] = {408, 429, 500, 502, 503, 504};
	for (size_t i = 0; i < COUNT(passing); i++)
		if (passing[i] == status)
			return true;
	return false;
}

/* ---- trying again ---- */

/* As the server says, in seconds or as a date. */
static int64_t retry_after_ms(const struct http_answer *answer)
{
	const char *text = http_header(answer, "Retry-After");
	if (!text)
		return 0;
	size_t digits = strspn(text, "0123456789");
	if (digits && digits < 10 && !text[digits])
		return strtoll(text, NULL, 10) * 1000;
	time_t at = curl_getdate(text, NULL);
	int64_t seconds = at < 0 ? 0 : (int64_t)at - clock_now();
	return seconds > 0 ? seconds * 1000 : 0;
}

static enum http_verdict judge(const struct http_request *request, struct http_answer *answer)
{
	if (request->judge)
		return request->judge(request->state, answer);
	return http_is_passing(answer->status) ? HTTP_AGAIN : HTTP_DONE;
}

static void tell_of_pause(const struct http_request *request, const struct http_answer *answer,
			  const struct error *error, int64_t pause)
{
	AUTO(memory) char *why = error ? error_text(error) : text_format("the server answers %ld", answer->status);
	log_detail("%s: %s; trying again in %lld ms", request->method, why, (long long)pause);
}

static fallible try_once(struct http *http, const struct http_request *request, struct http_answer *answer,
			 bool *further, bool *passing)
{
	CURL *curl = borrow(http);
	if (!curl)
		return error_new(ERR_FAILED, "libcurl can't be started");
	struct error *error =
		http_exchange(curl, &http->options, &http->rate, request, answer, further, passing);
	give_back(http, curl);
	if (!error)
		http->reached = true;
	return error;
}

fallible http_send(struct http *http, const struct http_request *request, struct http_answer *answer)
{
	struct again again = {0};
	for (;;) {
		bool further = false, passing = false;
		http_answer_cleanup(answer);
		struct error *error = try_once(http, request, answer, &further, &passing);
		enum http_verdict verdict = error ? passing ? HTTP_AGAIN : HTTP_DONE : judge(request, answer);
		if (verdict == HTTP_DONE || request->once || request->parting)
			return error;
		if (further)
			again = (struct again){0};
		int64_t patience_ms = http->options.patience_s * 1000 / (http->reached ? 1 : AGAIN_UNREACHED_SHARE);
		int64_t pause = verdict == HTTP_AT_ONCE ? 0 : again_pause(&again, patience_ms, retry_after_ms(answer));
		if (pause < 0)
			return error;
		tell_of_pause(request, answer, error, pause);
		error_free(error);
		cancel_sleep(pause);
		TRY(cancel_check());
	}
}
