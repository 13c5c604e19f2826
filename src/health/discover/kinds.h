/* The kinds of places, one a file of this folder; their words are in discover.c. */
#ifndef HEALTH_DISCOVER_KINDS_H
#define HEALTH_DISCOVER_KINDS_H

#include "health/discover.h"

struct discover_kind {
	const char *scheme; /* "dns" */
	bool is_address;    /* the place is a URL as a whole; else what follows "scheme:" says where */
	fallible (*check)(const char *rest); /* NULL: whatever it is will do */
	/* `place` is the whole of it, for `found` of the replicas. */
	fallible (*find)(const char *place, const char *rest, const struct discover_options *options,
			 struct replicas *replicas);
};

extern const struct discover_kind discover_http, discover_https, discover_dns, discover_dns_https, discover_docker,
	discover_compose, discover_swarm, discover_kubernetes, discover_consul;

#endif
