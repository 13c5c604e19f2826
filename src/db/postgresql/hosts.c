#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "db/postgresql/keywords.h"

static bool is_port(const char *text, size_t size)
{
	unsigned long port = 0;
	for (size_t i = 0; i < size; i++) {
		if (!isdigit((unsigned char)text[i]) || port > 65535)
			return false;
		port = port * 10 + (unsigned long)(text[i] - '0');
	}
	return size == 0 || (port >= 1 && port <= 65535);
}

struct addresses {
	struct str hosts, ports; /* separated by commas, as libpq takes them */
	size_t count, with_port;
};

static void addresses_cleanup(struct addresses *list)
{
	str_cleanup(&list->hosts);
	str_cleanup(&list->ports);
}

static void append(struct addresses *list, const char *host, size_t host_size, const char *port, size_t port_size)
{
	if (list->count++) {
		str_add_char(&list->hosts, ',');
		str_add_char(&list->ports, ',');
	}
	str_add_n(&list->hosts, host, host_size);
	str_add_n(&list->ports, port, port_size);
	list->with_port += port_size > 0;
}

/* "host:port", "[v6]:port", or a host alone. */
static fallible add_address(struct addresses *list, const char *text, size_t size)
{
	const char *end = text + size;
	const char *close = *text == '[' ? memchr(text, ']', size) : NULL;
	const char *host = close ? text + 1 : text;
	const char *colon = close ? close + 1 : memchr(text, ':', size);
	if (!colon)
		colon = end;
	bool stray = !close && (memchr(text, '[', size) || memchr(text, ']', size));
	if (stray || close == text + 1 || (colon < end && *colon != ':'))
		return error_hint(error_new(ERR_SETTINGS, "the [] in the database URL do not hold a host"),
				  "write [2001:db8::1]:5432");
	const char *port = colon < end ? colon + 1 : end;
	if (!is_port(port, (size_t)(end - port)))
		return error_hint(error_new(ERR_SETTINGS,
					    "the port in the database URL is not a number from 1 to 65535"),
				  "in a password write @ as %%40, : as %%3A, / as %%2F; an IPv6 address stands in []");
	append(list, host, (size_t)((close ? close : colon) - host), port, (size_t)(end - port));
	return NULL;
}

/* Only the last of several hosts has a port: as Open WebUI's drivers hand it on, that port is everybody's. */
static void set_addresses(struct keywords *keywords, const struct addresses *list)
{
	const char *ports = str_text(&list->ports);
	if (list->with_port == 1 && !text_ends(ports, ","))
		ports += strspn(ports, ",");
	keywords_set(keywords, "host", str_text(&list->hosts));
	if (list->with_port)
		keywords_set(keywords, "port", ports);
}

/* Open WebUI's drivers read "[::1],h" as ::1 alone and drop the rest, the database too: owctl must not go elsewhere. */
static fallible check_list(const char *hosts)
{
	if (!hosts || !strchr(hosts, ',') || !strpbrk(hosts, "[]"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "the database URL lists several hosts, one of them in []"),
			  "write postgresql:///name?host=2001:db8::1,other&port=5432,5432");
}

static fallible set_authority(struct keywords *keywords, const char *hosts)
{
	AUTO(addresses) struct addresses list = {0};
	TRY(check_list(hosts));
	while (hosts) {
		size_t size = strcspn(hosts, ",");
		TRY(add_address(&list, hosts, size));
		hosts = hosts[size] ? hosts + size + 1 : NULL;
	}
	set_addresses(keywords, &list);
	return NULL;
}

/* A folder of sockets or a bare IPv6 address has no port behind it. */
static bool is_host_alone(const char *text)
{
	const char *colon = strchr(text, ':');
	return *text == '/' || (*text != '[' && colon && strchr(colon + 1, ':'));
}

/* "?host=": one host, a list "a,b" beside "port=1,2", or several "host=a:1". */
static fallible set_query_hosts(struct keywords *keywords, const struct db_url *url)
{
	AUTO(addresses) struct addresses list = {0};
	for (size_t i = 0; i < url->names.count; i++) {
		const char *host = url->values.items[i];
		if (strcmp(url->names.items[i], "host") != 0)
			continue;
		if (is_host_alone(host))
			append(&list, host, strlen(host), "", 0);
		else
			TRY(add_address(&list, host, strlen(host)));
	}
	if (list.with_port && db_url_parameter(url, "port"))
		return error_hint(error_new(ERR_SETTINGS, "the database URL gives the port twice"),
				  "write host=a:1&host=b:2, or host=a,b&port=1,2");
	set_addresses(keywords, &list);
	return NULL;
}

fallible keywords_set_hosts(struct keywords *keywords, const struct db_url *url)
{
	TRY(set_authority(keywords, url->hosts));
	return set_query_hosts(keywords, url);
}
