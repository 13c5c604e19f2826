/* Asking servers all the questions of health/replica.h, side by side. Three connections to each at a time: what hangs
 * keeps nothing else from being answered. */
#ifndef HEALTH_ASK_H
#define HEALTH_ASK_H

#include "health/look/look.h"

struct ask_options {
	const char *origin; /* "https://chat.example", as a browser there names it; NULL: none */
	const char *key;    /* WEBUI_SECRET_KEY; NULL: ASK_SESSION is not asked */
};

/* Fills in what is seen of each. ERR_INTERRUPTED by a signal; that a server does not answer is no error. */
fallible ask_all(struct look *look, const struct ask_options *options, struct replica *const *replicas,
		 size_t count) MUST_CHECK;

/* "https://chat.example:8443" of an address, without path and user; NULL where it is none. To be freed. */
char *ask_origin(const char *url) MUST_CHECK;

#endif
