/* Asking the name server. glibc's resolver knows no deadline, least of all where it asks by TCP: so a thread of its own
 * asks, and is left behind with all that it has if it does not end in time. */
#ifndef HEALTH_DISCOVER_DNS_LOOKUP_H
#define HEALTH_DISCOVER_DNS_LOOKUP_H

#include "health/discover.h"

/* The IP addresses of a name (A, AAAA), each once. */
fallible dns_addresses(const char *name, const struct discover_options *options, struct strings *hosts) MUST_CHECK;

/* "host:port" of each target of a name's SRV records, as dns_read_services of dns_message.h has them. */
fallible dns_services(const char *name, const struct discover_options *options, struct strings *targets) MUST_CHECK;

#endif
