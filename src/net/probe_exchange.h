/* One exchange of a set. Only for probe*.c. */
#ifndef NET_PROBE_EXCHANGE_H
#define NET_PROBE_EXCHANGE_H

#include <curl/curl.h>

#include "net/probe.h"

struct probe_exchange {
	struct probes *probes;
	struct probe_exchange *next, **before; /* of all that are under way */
	CURL *curl;
	char *url; /* of the server alone, for messages */
	char why[CURL_ERROR_SIZE];
	struct curl_slist *headers, *address;
	size_t body_limit, head_size;
	int64_t body_began_us; /* clock_monotonic_us; 0: not yet */
	bool upgrade, upgraded, too_long, withheld;
	void (*done)(void *state, struct probe_answer *answer);
	void *state;
	struct probe_answer answer;
};

struct probes {
	struct probe_options options;
	CURLM *multi;
	struct probe_exchange *first;
};

/* What libcurl is to do for it. The request is copied, but for its body. */
void probe_set_up(struct probe_exchange *exchange, const struct probe_request *request);

#endif
