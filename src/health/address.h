/* Where an address leads, as far as it tells by itself: nothing is resolved. */
#ifndef HEALTH_ADDRESS_H
#define HEALTH_ADDRESS_H

#include <stdbool.h>

/* Of an URL, "host:port", or an IP address: whether it is this machine (localhost, 127.0.0.0/8, ::1). */
bool address_is_own(const char *address);
/* Whether it is an IP address of the internet: no private, link-local or loopback one. A name is none. */
bool address_is_public(const char *address);

#endif
