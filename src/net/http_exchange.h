/* One request and its answer over one connection. Only for http*.c. */
#ifndef NET_HTTP_EXCHANGE_H
#define NET_HTTP_EXCHANGE_H

#include <curl/curl.h>

#include "net/http.h"
#include "net/rate.h"

/* `further`: a part of the body went to `out`. `passing`: what failed may get better. `rate` is shared. */
fallible http_exchange(CURL *curl, const struct http_options *options, struct rate *rate,
		       const struct http_request *request, struct http_answer *answer, bool *further,
		       bool *passing) MUST_CHECK;

/* The error for what libcurl ended with, and its words for it. `silent_s`: it was given up for that many seconds of
 * silence; 0: it was not. Of the URL only the server is told. */
fallible http_failure(const char *url, CURLcode code, const char *why, int64_t silent_s, bool *passing) MUST_CHECK;

#endif
