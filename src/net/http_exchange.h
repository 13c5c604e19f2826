/* One request and its answer over one connection. Only for http*.c, probe*.c and websocket.c. */
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

/* Trusts `ca_file` alone; NULL: the system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR. */
void http_set_authorities(CURL *curl, const char *ca_file);

/* A line of an answer's head, as libcurl gives it. Another answer comes after one of 1xx: then it begins anew. */
void http_take_header(struct http_answer *answer, const char *line, size_t size);

#endif
