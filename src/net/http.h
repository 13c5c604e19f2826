/* HTTP requests over libcurl. Connections are kept and used again; any thread may send, each by one of its own.
 *
 * Every wait ends within a second of a signal (ERR_INTERRUPTED) and is bounded: connecting, and a server that neither
 * takes nor sends anything. Redirects are not followed: what is signed is meant for one server. The system's proxies
 * (https_proxy, no_proxy) are used unless a request says `direct`.
 *
 * What may get better (no connection, a connection that broke, 408, 429, 5xx, and what `judge` says) is tried again:
 * after a pause drawn at random between nothing and a bound that doubles from 0.1 s to 8 s ("full jitter"), but not
 * before the server's Retry-After is over. It is given up once `patience_s` would have passed since the first of
 * the failures in a row; a body that got further begins a new row. A server that was never reached has a sixth of that.
 * ERR_BUSY: it was there, and said to come later; ERR_UNREACHABLE: it was not; ERR_SETTINGS: its certificate. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sink.h"
#include "base/str.h"

struct http;

struct http_options {
	const char *ca_file; /* NULL: the system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR */
	int64_t connect_timeout_s, silence_timeout_s, patience_s;
	uint64_t bytes_per_second; /* of bodies, both ways and all requests together; 0: as fast as it goes */
};

struct http *http_new(const struct http_options *options) MUST_CHECK; /* copied */
void http_free(struct http *http); /* NULL is fine */

struct http_answer {
	long status;
	struct strings headers; /* "name: value" each */
	struct str body;        /* unless it went to `out` of the request */
};
void http_answer_cleanup(struct http_answer *answer);

/* "https://chat.example:8443" of a URL, without path, user and password; NULL where it is none. To be freed. */
char *http_origin(const char *url) MUST_CHECK;

/* The value of a header, whatever its case; NULL: there is none. Borrowed. */
const char *http_header(const struct http_answer *answer, const char *name);

enum http_verdict {
	HTTP_DONE,
	HTTP_AGAIN,     /* after a pause */
	HTTP_AT_ONCE,   /* without one, as after fetching other credentials; the caller sees to it that this ends */
};

struct http_request {
	const char *method, *url; /* the URL is sent as it is */
	const char *body; /* NULL: none; borrowed */
	size_t body_size;
	long good; /* a body with this status goes to `out`; any other one to the answer. 0: none does */
	const struct sink *out;
	size_t answer_limit; /* of a body in the answer; 0: 64 KiB. ERR_FAILED beyond */
	bool direct;         /* by no proxy */
	bool once;           /* nothing is tried again */
	bool parting;        /* to clean up: goes out after a signal too, once, and is waited for a second at most */
	/* Before each try: adds the headers, "Name: value". NULL: none. When a part of the body has gone to `out`,
	 * these ask for what follows it. */
	fallible (*prepare)(void *state, struct strings *headers);
	/* Before the first byte goes to `out`. NULL: whatever the answer is, it is fine. */
	fallible (*begin)(void *state, const struct http_answer *answer);
	/* What is to be done with an answer. NULL: one whose status is passing is tried again. */
	enum http_verdict (*judge)(void *state, struct http_answer *answer);
	void *state;
};

/* Any answer that is not to be tried again is a success here, whatever its status; also the last one of those that
 * were, when patience is over. */
fallible http_send(struct http *http, const struct http_request *request, struct http_answer *answer) MUST_CHECK;

bool http_is_passing(long status); /* 408, 429, 500, 502, 503, 504 */

#endif
