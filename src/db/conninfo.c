#include "db/conninfo.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/memory.h"

/* An ordered set of keyword and value. */
struct parameters {
	struct strings names, values;
};

static void parameters_cleanup(struct parameters *parameters)
{
	for (size_t i = 0; i < parameters->values.count; i++) /* the password is among them */
		mem_wipe(parameters->values.items[i], strlen(parameters->values.items[i]));
	strings_cleanup(&parameters->names);
	strings_cleanup(&parameters->values);
}

static const char *get(const struct parameters *parameters, const char *name)
{
	for (size_t i = 0; i < parameters->names.count; i++)
		if (!strcmp(parameters->names.items[i], name))
			return parameters->values.items[i];
	return NULL;
}

/* A later value replaces an earlier one; an empty one counts as not given. */
static void set(struct parameters *parameters, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	for (size_t i = 0; i < parameters->names.count; i++) {
		if (strcmp(parameters->names.items[i], name) != 0)
			continue;
		secret_free(parameters->values.items[i]);
		parameters->values.items[i] = text_copy(value);
		return;
	}
	strings_add(&parameters->names, name);
	strings_add(&parameters->values, value);
}

static void set_default(struct parameters *parameters, const char *name, const char *value)
{
	if (!get(parameters, name))
		set(parameters, name, value);
}

/* ---- hosts and ports ---- */

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

struct address_list {
	struct str hosts, ports;
	size_t count, with_port;
};

static void address_list_cleanup(struct address_list *list)
{
	str_cleanup(&list->hosts);
	str_cleanup(&list->ports);
}

/* Appends "host:port", "[v6]:port", or a host alone. */
static fallible add_address(struct address_list *list, const char *text, size_t size)
{
	const char *end = text + size, *host = text;
	const char *close = *text == '[' ? memchr(text, ']', size) : NULL;
	const char *colon = close ? close + 1 : memchr(text, ':', size);
	if (close)
		host++;
	if (!colon)
		colon = end;
	if (colon < end && *colon != ':')
		return error_hint(error_new(ERR_SETTINGS, "the database URL has text between \"]\" and the port"),
				  "write [2001:db8::1]:5432");
	const char *port = colon < end ? colon + 1 : end;
	if (!is_port(port, (size_t)(end - port)))
		return error_hint(error_new(ERR_SETTINGS, "the port in the database URL is not a number from 1 to 65535"),
				  "in a password write @ as %%40, : as %%3A, / as %%2F; an IPv6 address stands in []");
	if (list->count++) {
		str_add_char(&list->hosts, ',');
		str_add_char(&list->ports, ',');
	}
	str_add_n(&list->hosts, host, (size_t)((close ? close : colon) - host));
	str_add_n(&list->ports, port, (size_t)(end - port));
	list->with_port += port < end;
	return NULL;
}

/* Only the last of several hosts has a port: as Open WebUI's drivers hand it on, that port is everybody's. */
static void set_addresses(struct parameters *parameters, const struct address_list *list)
{
	const char *ports = str_text(&list->ports);
	if (list->with_port == 1 && !text_ends(ports, ","))
		ports += strspn(ports, ",");
	set(parameters, "host", str_text(&list->hosts));
	if (list->with_port)
		set(parameters, "port", ports);
}

static fallible add_authority(struct parameters *parameters, const char *hosts)
{
	AUTO(address_list) struct address_list list = {0};
	while (hosts) {
		size_t size = strcspn(hosts, ",");
		TRY(add_address(&list, hosts, size));
		hosts = hosts[size] ? hosts + size + 1 : NULL;
	}
	set_addresses(parameters, &list);
	return NULL;
}

/* "?host=": a folder of sockets, a list "a,b" beside "port=1,2", or several "host=a:1". It beats the authority. */
static fallible add_query_hosts(struct parameters *parameters, const struct db_url *url)
{
	AUTO(address_list) struct address_list list = {0};
	for (size_t i = 0; i < url->names.count; i++) {
		const char *value = url->values.items[i];
		if (strcmp(url->names.items[i], "host") != 0)
			continue;
		const char *colon = strchr(value, ':');
		bool plain = *value == '/' || (colon && strchr(colon + 1, ':')); /* a folder, a bare IPv6 address */
		if (!plain) {
			TRY(add_address(&list, value, strlen(value)));
			continue;
		}
		if (list.count++) {
			str_add_char(&list.hosts, ',');
			str_add_char(&list.ports, ',');
		}
		str_add(&list.hosts, value);
	}
	if (list.with_port && db_url_parameter(url, "port"))
		return error_hint(error_new(ERR_SETTINGS, "the database URL gives the port twice"),
				  "write host=a:1&host=b:2, or host=a,b&port=1,2");
	if (list.count)
		set_addresses(parameters, &list);
	return NULL;
}

/* ---- query parameters ---- */

/* What Open WebUI's drivers take under another name than libpq, or for themselves alone (a NULL keyword: how they
 * cache statements or poll sockets; it says nothing about where the database is). */
static const struct {
	const char *name, *keyword;
} driver_parameters[] = {
	{"ssl", "sslmode"},
	{"database", "dbname"},
	{"timeout", "connect_timeout"},
	{"command_timeout", NULL},
	{"statement_cache_size", NULL},
	{"prepared_statement_cache_size", NULL},
	{"max_cached_statement_lifetime", NULL},
	{"max_cacheable_statement_size", NULL},
	{"prepare_threshold", NULL},
	{"autocommit", NULL},
	{"async_fallback", NULL},
	{"tcp_keepalive", NULL},
};

static bool libpq_knows(const PQconninfoOption *options, const char *name)
{
	for (; options->keyword; options++)
		if (!strcmp(options->keyword, name))
			return true;
	return false;
}

static fallible add_parameter(struct parameters *parameters, const PQconninfoOption *known, const char *name,
			      const char *value)
{
	if (libpq_knows(known, name)) {
		set(parameters, name, value);
		return NULL;
	}
	for (size_t i = 0; i < COUNT(driver_parameters); i++) {
		if (strcmp(driver_parameters[i].name, name) != 0)
			continue;
		if (driver_parameters[i].keyword) /* libpq's own name beats it, as in Open WebUI */
			set_default(parameters, driver_parameters[i].keyword, value);
		return NULL;
	}
	return error_hint(error_new(ERR_SETTINGS, "libpq does not know the parameter \"%s\" of the database URL", name),
			  "check its spelling against the PostgreSQL manual, \"Parameter Key Words\"");
}

static void known_cleanup(PQconninfoOption **options)
{
	PQconninfoFree(*options);
}

static fallible add_query(struct parameters *parameters, const struct db_url *url)
{
	AUTO(known) PQconninfoOption *known = PQconninfoParse("", NULL);
	for (size_t i = 0; known && i < url->names.count; i++)
		if (strcmp(url->names.items[i], "host") != 0)
			TRY(add_parameter(parameters, known, url->names.items[i], url->values.items[i]));
	return NULL;
}

/* ---- the result ---- */

static void add_pair(struct str *out, const char *name, const char *value)
{
	str_add_format(out, "%s%s='", out->size ? " " : "", name);
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			str_add_char(out, '\\');
		str_add_char(out, *value);
	}
	str_add_char(out, '\'');
}

static char *conninfo_text(const struct parameters *parameters)
{
	struct str out = {0};
	size_t room = 0; /* in one piece from the start: growing would leave copies of the password behind */
	for (size_t i = 0; i < parameters->names.count; i++)
		room += strlen(parameters->names.items[i]) + 2 * strlen(parameters->values.items[i]) + 4;
	str_reserve(&out, room);
	for (size_t i = 0; i < parameters->names.count; i++)
		add_pair(&out, parameters->names.items[i], parameters->values.items[i]);
	return str_take(&out);
}

static char *display_text(const struct parameters *parameters)
{
	const char *service = get(parameters, "service"), *user = get(parameters, "user");
	const char *host = get(parameters, "host"), *port = get(parameters, "port");
	const char *name = get(parameters, "dbname");
	if (!host)
		host = get(parameters, "hostaddr");
	struct str out = {0};
	str_add(&out, "PostgreSQL");
	if (service)
		str_add_format(&out, " service %s", service);
	if (!user && !host && !port && !name)
		str_add(&out, service ? "" : " of the PG* environment");
	else
		str_add_char(&out, ' ');
	if (user)
		str_add_format(&out, "%s@", user);
	if (host)
		str_add_format(&out, strpbrk(host, "/:") ? "[%s]" : "%s", host);
	if (port)
		str_add_format(&out, ":%s", port);
	if (name)
		str_add_format(&out, "/%s", name);
	return str_take(&out);
}

/* A dead peer is noticed within a minute; PGAPPNAME and the URL may name the application otherwise. */
static void finish(struct parameters *parameters, struct db_target *target)
{
	set_default(parameters, "fallback_application_name", "owctl");
	set_default(parameters, "keepalives_idle", "30");
	set_default(parameters, "keepalives_interval", "10");
	set_default(parameters, "keepalives_count", "3");
	*target = (struct db_target){.engine = DB_POSTGRESQL,
				     .conninfo = conninfo_text(parameters),
				     .display = display_text(parameters)};
}

fallible conninfo_from_url(const struct db_url *url, struct db_target *target)
{
	AUTO(parameters) struct parameters parameters = {0};
	TRY(add_authority(&parameters, url->hosts));
	set(&parameters, "user", url->user);
	set(&parameters, "password", url->password);
	set(&parameters, "dbname", url->database);
	TRY(add_query(&parameters, url));
	TRY(add_query_hosts(&parameters, url));
	finish(&parameters, target);
	return NULL;
}

fallible conninfo_from_pairs(const char *text, struct db_target *target)
{
	AUTO(known) PQconninfoOption *parsed = PQconninfoParse(text, NULL);
	if (!parsed) /* libpq's own message would quote parts of the text, perhaps of the password */
		return error_hint(error_new(ERR_SETTINGS, "libpq does not understand these key=value pairs"),
				  "write host=db port=5432 dbname=owui user=me; a value with blanks stands in '...'");
	AUTO(parameters) struct parameters parameters = {0};
	for (const PQconninfoOption *option = parsed; option->keyword; option++)
		set(&parameters, option->keyword, option->val);
	finish(&parameters, target);
	return NULL;
}
