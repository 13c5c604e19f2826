#include "health/discover.h"

#include <string.h>

#include "base/memory.h"
#include "health/discover/kinds.h"

static const struct discover_kind *const kinds[] = {
	&discover_http,	   &discover_https, &discover_dns,	  &discover_dns_https, &discover_docker,
	&discover_compose, &discover_swarm, &discover_kubernetes, &discover_consul,
};

void discover_beginnings(struct strings *beginnings)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		strings_add_taken(beginnings, text_format(kinds[i]->is_address ? "%s://" : "%s:", kinds[i]->scheme));
}

static const struct discover_kind *kind_of(const char *place, const char **rest)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t size = strlen(kinds[i]->scheme);
		if (strncmp(place, kinds[i]->scheme, size) != 0 || place[size] != ':')
			continue;
		*rest = kinds[i]->is_address ? place : place + size + 1;
		return kinds[i];
	}
	return NULL;
}

fallible discover_check(const char *place)
{
	const char *rest = NULL;
	const struct discover_kind *kind = kind_of(place, &rest);
	if (!kind)
		return error_hint(error_new(ERR_SETTINGS, "\"%s\" does not say how to find replicas", place),
				  "http://10.0.0.7:8080 for one server, dns:NAME:PORT for all addresses of a name, "
				  "dns:_http._tcp.NAME for its SRV records, "
				  "docker:NAME, compose:PROJECT/SERVICE, swarm:SERVICE, kubernetes:NAMESPACE/SERVICE, "
				  "consul:SERVICE");
	return kind->check ? kind->check(rest) : NULL;
}

fallible discover(const char *place, const struct discover_options *options, struct replicas *replicas)
{
	const char *rest = NULL;
	TRY(discover_check(place));
	return kind_of(place, &rest)->find(place, rest, options, replicas);
}
