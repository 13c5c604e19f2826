/* SRV records (RFC 2782) of a name server's answer, which glibc takes apart. */
#ifndef HEALTH_DISCOVER_DNS_MESSAGE_H
#define HEALTH_DISCOVER_DNS_MESSAGE_H

#include "base/error.h"
#include "base/str.h"

#define DNS_LARGEST 65535 /* bytes of an answer */

/* Adds "host:port" of each target, each once; of priority and weight nothing is taken. A target "." says that there is
 * no such service. One that is no name of a host is refused: ERR_UNREACHABLE, with the others in the list. */
fallible dns_read_services(const unsigned char *answer, size_t size, struct strings *targets) MUST_CHECK;

#endif
