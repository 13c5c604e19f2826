/* The parts of a Redis URL. Only for redis_url*.c. */
#ifndef NET_REDIS_URL_H
#define NET_REDIS_URL_H

#include "net/redis_target.h"

struct span {
	const char *start;
	size_t size;
};

fallible redis_url_bad(const char *what) MUST_CHECK; /* ERR_SETTINGS, with the form of a URL as its hint */

/* As Python's unquote: "%" without two hexadecimal digits stands for itself. NULL where nothing is left. To be released
 * with secret_free. */
fallible redis_url_decode(const char *text, size_t size, char **decoded) MUST_CHECK;

fallible redis_url_database(const char *text, struct redis_target *target) MUST_CHECK;
fallible redis_url_port(const char *text, struct redis_target *target) MUST_CHECK;

/* Takes what the parameters say; what stands before them in the URL may replace it. */
fallible redis_url_query(struct span query, struct redis_target *target) MUST_CHECK;

#endif
