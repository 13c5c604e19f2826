#include "db/postgresql/conninfo.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/memory.h"
#include "db/postgresql/keywords.h"

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

static fallible add_parameter(struct keywords *keywords, const PQconninfoOption *known, const char *name,
			      const char *value)
{
	if (libpq_knows(known, name)) {
		keywords_set(keywords, name, value);
		return NULL;
	}
	for (size_t i = 0; i < COUNT(driver_parameters); i++) {
		if (strcmp(driver_parameters[i].name, name) != 0)
			continue;
		if (driver_parameters[i].keyword) /* libpq's own name beats it, as in Open WebUI */
			keywords_set_default(keywords, driver_parameters[i].keyword, value);
		return NULL;
	}
	if (strchr(value, '@') || strchr(name, '@')) /* it may be the rest of a password with a "?" in it */
		return error_hint(error_new(ERR_SETTINGS, "libpq does not know a parameter of the database URL"),
				  "in a password write @ as %%40 and ? as %%3F");
	return error_hint(error_new(ERR_SETTINGS, "libpq does not know the parameter \"%s\" of the database URL", name),
			  "check its spelling against the PostgreSQL manual, \"Parameter Key Words\"");
}

static void known_cleanup(PQconninfoOption **options)
{
	PQconninfoFree(*options);
}

static fallible add_query(struct keywords *keywords, const struct db_url *url)
{
	AUTO(known) PQconninfoOption *known = PQconninfoParse("", NULL);
	for (size_t i = 0; known && i < url->names.count; i++)
		if (strcmp(url->names.items[i], "host") != 0)
			TRY(add_parameter(keywords, known, url->names.items[i], url->values.items[i]));
	return NULL;
}

/* Said here because "ssl=true", which some drivers take, would otherwise fail with libpq's words for "sslmode". */
static fallible check_sslmode(const struct keywords *keywords)
{
	static const char *const modes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};
	const char *mode = keywords_get(keywords, "sslmode");
	for (size_t i = 0; mode && i < COUNT(modes); i++)
		if (!strcmp(mode, modes[i]))
			return NULL;
	if (!mode)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS,
				    "sslmode (or ssl) in the database URL has a value that libpq does not know"),
			  "one of disable, allow, prefer, require, verify-ca, verify-full");
}

static char *display_text(const struct keywords *keywords)
{
	const char *service = keywords_get(keywords, "service"), *user = keywords_get(keywords, "user");
	const char *host = keywords_get(keywords, "host"), *port = keywords_get(keywords, "port");
	const char *name = keywords_get(keywords, "dbname");
	if (!host)
		host = keywords_get(keywords, "hostaddr");
	struct str out = {0};
	str_add(&out, "PostgreSQL");
	if (service)
		str_add_format(&out, " service %s", service);
	if (user || host || port || name)
		str_add_char(&out, ' ');
	else if (!service)
		str_add(&out, " of the PG* environment");
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
static void finish(struct keywords *keywords, struct db_target *target)
{
	keywords_set_default(keywords, "fallback_application_name", "owctl");
	keywords_set_default(keywords, "keepalives_idle", "30");
	keywords_set_default(keywords, "keepalives_interval", "10");
	keywords_set_default(keywords, "keepalives_count", "3");
	bool given = keywords_get(keywords, "password") || keywords_get(keywords, "sslpassword");
	*target = (struct db_target){.engine = DB_POSTGRESQL,
				     .password = given ? DB_PASSWORD_GIVEN : DB_PASSWORD_ELSEWHERE,
				     .conninfo = keywords_conninfo(keywords),
				     .display = display_text(keywords)};
}

/* The parts of the URL are what Open WebUI takes for them; where a password spilled over them none is shown. */
static void hide_parts(struct db_target *target)
{
	free(target->display);
	target->display = text_copy("PostgreSQL at *** (an @ in the URL is not written as %40)");
	target->doubtful = true;
}

fallible conninfo_from_url(const struct db_url *url, struct db_target *target)
{
	AUTO(keywords) struct keywords keywords = {0};
	TRY(keywords_set_hosts(&keywords, url));
	keywords_set(&keywords, "user", url->user);
	keywords_set(&keywords, "password", url->password);
	keywords_set(&keywords, "dbname", url->database);
	TRY(add_query(&keywords, url));
	TRY(check_sslmode(&keywords));
	finish(&keywords, target);
	if (url->doubtful)
		hide_parts(target);
	return NULL;
}

fallible conninfo_from_pairs(const char *text, struct db_target *target)
{
	AUTO(known) PQconninfoOption *parsed = PQconninfoParse(text, NULL);
	if (!parsed) /* libpq's own message would quote parts of the text, perhaps of the password */
		return error_hint(error_new(ERR_SETTINGS, "libpq does not understand these key=value pairs"),
				  "write host=db port=5432 dbname=owui user=me; a value with blanks stands in '...'");
	AUTO(keywords) struct keywords keywords = {0};
	for (const PQconninfoOption *option = parsed; option->keyword; option++)
		keywords_set(&keywords, option->keyword, option->val);
	finish(&keywords, target);
	return NULL;
}
