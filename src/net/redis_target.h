/* Where a Redis is, read from the settings that Open WebUI reads.
 *
 * A URL means what it means to redis-py, which Open WebUI hands it to:
 *     redis://[[user]:password@]host[:port][/database][?name=value..]
 *     rediss://..  the same over TLS
 *     unix://[[user]:password@]/path/of/socket[?db=number]
 * User, password, host, socket and the values of the query are percent-decoded once (redis-py before 8.1 decodes those
 * of the query twice). Understood in the query: host, port, db, username, password, path, ssl_cert_reqs (none,
 * optional, required), ssl_check_hostname, ssl_ca_certs, ssl_ca_path, ssl_certfile, ssl_keyfile, ssl_password; what
 * stands before the query goes before it, but for db. Others (pool sizes, time-outs) say nothing to owctl.
 * redis-py takes a path that is no number for database 0, and fails on TLS parameters of a redis:// URL when it
 * connects; both are refused here.
 *
 * With sentinels Open WebUI reads the URL by itself: the host is the name of the service (default "mymaster"), user and
 * password are taken as they stand, without percent-decoding, and the query is not read. */
#ifndef NET_REDIS_TARGET_H
#define NET_REDIS_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* Texts are NULL where nothing is said. */
struct redis_target {
	bool tls;
	bool any_certificate; /* ssl_cert_reqs=none */
	bool any_name;        /* ssl_check_hostname=false */
	char *host;           /* with sentinels: the name of the service, in upper and lower case as given */
	char *socket;         /* path of a Unix socket, instead of host and port */
	int64_t port, database;
	char *user, *password;
	char *ca_file, *ca_folder, *certificate, *key, *key_password;
	struct strings sentinels; /* "host:port"; none: connect to `host` */
};

/* Reads a URL, and sentinel hosts (comma-separated, or NULL) with the one port of them all (NULL: 26379). ERR_SETTINGS
 * with a hint; the message holds nothing of what was given. */
fallible redis_target_parse(const char *url, const char *sentinel_hosts, const char *sentinel_port,
			    struct redis_target *target) MUST_CHECK;
void redis_target_cleanup(struct redis_target *target);

/* The URL alone; `service`: as it is read with sentinels. */
fallible redis_url_parse(const char *url, bool service, struct redis_target *target) MUST_CHECK;

/* A name or IP address that can stand in an address; IPv6 without brackets. */
bool redis_host_valid(const char *host);
/* Reads a port, 1 to 65535. */
bool redis_port_parse(const char *text, int64_t *port);
/* "host:port", IPv6 in brackets. To be freed. */
char *redis_address(const char *host, int64_t port) MUST_CHECK;

#endif
