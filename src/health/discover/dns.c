/* All addresses of a name, as a headless service of Kubernetes, tasks.SERVICE of Swarm, or a name with several A
 * records has them: the name stays that of the URL, as a certificate is for it. Of a name that begins with a label like
 * _http, and has no port behind it, the targets of its SRV records, each by a name and at a port of its own; with
 * _https they are asked over TLS, as with dns+https: before any name. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/discover/dns_lookup.h"
#include "health/discover/kinds.h"
#include "net/redis_target.h"

struct place_name {
	char *host;
	int64_t port; /* 0: SRV records tell */
};
static void place_name_cleanup(struct place_name *name)
{
	free(name->host);
}

/* Whether there is more than labels of a service: _http._tcp.NAME. */
static bool names_domain(const char *host)
{
	while (*host == '_') {
		host += strcspn(host, ".");
		host += *host == '.';
	}
	return *host;
}

static bool parse(const char *text, struct place_name *name)
{
	const char *colon = strrchr(text, ':');
	bool services = *text == '_' && !colon;
	if (!services && (!colon || !redis_port_parse(colon + 1, &name->port)))
		return false;
	name->host = text_copy_n(text, services ? strlen(text) : (size_t)(colon - text));
	return redis_host_valid(name->host) && (!services || names_domain(name->host));
}

static fallible check(const char *rest)
{
	AUTO(place_name) struct place_name name = {0};
	return parse(rest, &name) ? NULL
				  : error_hint(error_new(ERR_SETTINGS, "\"%s\" is no name with a port", rest),
					       "dns:NAME:PORT, as in dns:open-webui.internal:8080; dns:_http._tcp.NAME "
					       "for SRV records, which tell the ports");
}

static void add_addresses(const char *scheme, const char *place, const struct place_name *name,
			  const struct strings *hosts, struct replicas *replicas)
{
	AUTO(memory) char *authority = redis_address(name->host, name->port);
	AUTO(memory) char *url = text_format("%s://%s", scheme, authority);
	for (size_t i = 0; i < hosts->count; i++) {
		AUTO(memory) char *address = redis_address(hosts->items[i], name->port);
		replicas_add(replicas, NULL, url, address, place);
	}
}

static void add_targets(const char *scheme, const char *place, const struct strings *targets,
			struct replicas *replicas)
{
	for (size_t i = 0; i < targets->count; i++) {
		AUTO(memory) char *url = text_format("%s://%s", scheme, targets->items[i]);
		replicas_add(replicas, NULL, url, NULL, place);
	}
}

static fallible find_by(const char *scheme, const char *place, const char *rest,
			const struct discover_options *options, struct replicas *replicas)
{
	AUTO(place_name) struct place_name name = {0};
	AUTO(strings) struct strings found = {0};
	TRY(check(rest));
	parse(rest, &name);
	if (!name.port && text_starts(name.host, "_https."))
		scheme = "https";
	struct error *error = name.port ? dns_addresses(name.host, options, &found)
					: dns_services(name.host, options, &found);
	strings_sort(&found);
	if (name.port)
		add_addresses(scheme, place, &name, &found, replicas);
	else
		add_targets(scheme, place, &found, replicas);
	return error;
}

static fallible find(const char *place, const char *rest, const struct discover_options *options,
		     struct replicas *replicas)
{
	return find_by("http", place, rest, options, replicas);
}

static fallible find_https(const char *place, const char *rest, const struct discover_options *options,
			   struct replicas *replicas)
{
	return find_by("https", place, rest, options, replicas);
}

const struct discover_kind discover_dns = {.scheme = "dns", .check = check, .find = find};
const struct discover_kind discover_dns_https = {.scheme = "dns+https", .check = check, .find = find_https};
