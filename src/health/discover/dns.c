/* All addresses of a name, as a headless service of Kubernetes, tasks.SERVICE of Swarm, or a name with several A
 * records has them. The name stays that of the URL: a certificate is for it. */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "health/discover/kinds.h"
#include "net/redis_target.h"

struct place_name {
	char *host;
	int64_t port;
};
static void place_name_cleanup(struct place_name *name)
{
	free(name->host);
}

static bool parse(const char *text, struct place_name *name)
{
	const char *colon = strrchr(text, ':');
	if (!colon || !redis_port_parse(colon + 1, &name->port))
		return false;
	name->host = text_copy_n(text, (size_t)(colon - text));
	return redis_host_valid(name->host);
}

static fallible check(const char *rest)
{
	AUTO(place_name) struct place_name name = {0};
	return parse(rest, &name) ? NULL
				  : error_hint(error_new(ERR_SETTINGS, "\"%s\" is no name with a port", rest),
					       "dns:NAME:PORT, as in dns:open-webui.internal:8080");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_addresses(const struct addrinfo *found, const struct place_name *name, struct strings *addresses)
{
	for (; found; found = found->ai_next) {
		char host[NI_MAXHOST];
		if (getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST))
			continue;
		AUTO(memory) char *address = redis_address(host, name->port);
		if (!strings_have(addresses, address))
			strings_add(addresses, address);
	}
	if (addresses->count)
		qsort(addresses->items, addresses->count, sizeof *addresses->items, by_text);
}

static fallible find_by(const char *scheme, const char *place, const char *rest, struct replicas *replicas)
{
	AUTO(place_name) struct place_name name = {0};
	AUTO(strings) struct strings addresses = {0};
	struct addrinfo *found = NULL;
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	bool fine = parse(rest, &name);
	int code = fine ? getaddrinfo(name.host, NULL, &hints, &found) : EAI_NONAME;
	if (code)
		return error_hint(error_new(ERR_UNREACHABLE, "%s: %s", place, gai_strerror(code)),
				  "check the name, and that this machine asks the name server that knows it");
	add_addresses(found, &name, &addresses);
	freeaddrinfo(found);
	AUTO(memory) char *authority = redis_address(name.host, name.port);
	AUTO(memory) char *url = text_format("%s://%s", scheme, authority);
	for (size_t i = 0; i < addresses.count; i++)
		replicas_add(replicas, NULL, url, addresses.items[i], place);
	return NULL;
}

static fallible find(const char *place, const char *rest, const struct discover_options *options UNUSED,
		     struct replicas *replicas)
{
	return find_by("http", place, rest, replicas);
}

static fallible find_https(const char *place, const char *rest, const struct discover_options *options UNUSED,
			   struct replicas *replicas)
{
	return find_by("https", place, rest, replicas);
}

const struct discover_kind discover_dns = {.scheme = "dns", .check = check, .find = find};
const struct discover_kind discover_dns_https = {.scheme = "dns+https", .check = check, .find = find_https};
