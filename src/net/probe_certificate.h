/* What libcurl saw of a server's certificate. Only for probe*.c. */
#ifndef NET_PROBE_CERTIFICATE_H
#define NET_PROBE_CERTIFICATE_H

#include <curl/curl.h>

#include "net/probe.h"

void probe_certificate_read(CURL *curl, struct probe_certificate *certificate);
void probe_certificate_cleanup(struct probe_certificate *certificate);

#endif
