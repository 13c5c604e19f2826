#include "net/redis_target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SENTINEL_PORT 26379

void redis_target_cleanup(struct redis_target *target)
{
	free(target->host);
	free(target->socket);
	free(target->user);
	secret_free(target->password);
	free(target->ca_file);
	free(target->ca_folder);
	free(target->certificate);
	free(target->key);
	secret_free(target->key_password);
	strings_cleanup(&target->sentinels);
	*target = (struct redis_target){0};
}

bool redis_host_valid(const char *host)
{
	struct in6_addr address;
	if (strchr(host, ':'))
		return inet_pton(AF_INET6, host, &address) == 1;
	for (const char *c = host; *c; c++)
		if (iscntrl((unsigned char)*c) || strchr(" /?#@\\[]%\"<>^`{|},", *c))
			return false;
	return *host;
}

bool redis_port_parse(const char *text, int64_t *port)
{
	size_t digits = strspn(text, "0123456789");
	long read = digits && digits <= 5 && !text[digits] ? strtol(text, NULL, 10) : 0;
	if (read < 1 || read > 65535)
		return false;
	*port = read;
	return true;
}

char *redis_address(const char *host, int64_t port)
{
	return text_format(strchr(host, ':') ? "[%s]:%lld" : "%s:%lld", host, (long long)port);
}

static fallible add_sentinels(const struct strings *hosts, const char *port_text, struct redis_target *target)
{
	int64_t port = SENTINEL_PORT;
	if (port_text && !redis_port_parse(port_text, &port))
		return error_hint(error_new(ERR_SETTINGS, "REDIS_SENTINEL_PORT is no port"), "the usual one is 26379");
	for (size_t i = 0; i < hosts->count; i++) {
		if (!redis_host_valid(hosts->items[i]))
			return error_hint(error_new(ERR_SETTINGS, "number %zu of REDIS_SENTINEL_HOSTS is no host",
						    i + 1),
					  "list hosts alone, separated by commas; REDIS_SENTINEL_PORT is for all");
		strings_add_taken(&target->sentinels, redis_address(hosts->items[i], port));
	}
	return NULL;
}

fallible redis_target_parse(const char *url, const char *sentinel_hosts, const char *sentinel_port,
			    struct redis_target *target)
{
	AUTO(strings) struct strings hosts = {0};
	AUTO(redis_target) struct redis_target parsed = {0};
	strings_split(&hosts, sentinel_hosts ? sentinel_hosts : "", ',');
	TRY(redis_url_parse(url, hosts.count > 0, &parsed));
	if (hosts.count)
		TRY(add_sentinels(&hosts, sentinel_port, &parsed));
	*target = parsed;
	parsed = (struct redis_target){0};
	return NULL;
}
