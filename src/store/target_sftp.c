/* sftp://user@host:port/path?identity=.. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "store/target.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static fallible read_identity(char *value, struct store_target *target)
{
	target->identity_file = text_copy(value);
	return NULL;
}

static fallible read_known_hosts(char *value, struct store_target *target)
{
	target->known_hosts = text_copy(value);
	return NULL;
}

static fallible read_config(char *value, struct store_target *target)
{
	target->config_file = text_copy(value);
	return NULL;
}

static const struct store_parameter parameters[] = {
	{"identity", read_identity}, {"known-hosts", read_known_hosts}, {"config", read_config}};

static const char hint[] = "there are identity, known-hosts and config, each a file; secrets are never part of it: "
			   "they come from OWCTL_SFTP_PASSPHRASE and OWCTL_SFTP_PASSWORD";

/* These go to another program, which must not take one for an option. */
static bool is_word(const char *text, const char *more)
{
	AUTO(memory) char *allowed = text_format(LETTERS "%s", more);
	return *text && *text != '-' && !text[strspn(text, allowed)];
}

static fallible read_user(const char *text, size_t size, struct store_target *target)
{
	if (memchr(text, ':', size))
		return error_hint(error_new(ERR_SETTINGS, "a location has no password in it"),
				  "set OWCTL_SFTP_PASSWORD, or better, log in with a key");
	TRY(store_location_decode(text, size, &target->user));
	return is_word(target->user, "._-+$@\\") ? NULL
						  : store_location_bad("the location has a user that can't be one");
}

static fallible read_port(const char *text, size_t size, struct store_target *target)
{
	AUTO(memory) char *digits = text_copy_n(text, size);
	const char *at = digits;
	uint64_t port = 0;
	if (!number_parse(&at, '\0', &port) || !port || port > 65535)
		return store_location_bad("the location has a port that can't be one");
	target->port = (unsigned)port;
	return NULL;
}

static fallible read_host(const char *text, size_t size, struct store_target *target)
{
	bool in_brackets = size && *text == '[';
	const char *end = in_brackets ? memchr(text, ']', size) : memchr(text, ':', size);
	size_t host = end ? (size_t)(end - text) : size;
	if (in_brackets && !end)
		return store_location_bad("the location has a [ without a ]");
	target->host = text_copy_n(text + in_brackets, host - in_brackets);
	host += in_brackets;
	if (!is_word(target->host, in_brackets ? ":.%" : "._-"))
		return store_location_bad("an sftp:// location begins with a host's name: sftp://host/srv/backups");
	if (host == size)
		return NULL;
	if (text[host] != ':')
		return store_location_bad("the location has something else than a port behind the host");
	return read_port(text + host + 1, size - host - 1, target);
}

static void add_shown(struct str *shown, const struct store_target *target)
{
	bool in_brackets = strchr(target->host, ':');
	str_add_format(shown, "sftp://%s%s%s%s%s", target->user ? target->user : "", target->user ? "@" : "",
		       in_brackets ? "[" : "", target->host, in_brackets ? "]" : "");
	if (target->port)
		str_add_format(shown, ":%u", target->port);
	str_add_format(shown, "%s%s", *target->folder == '/' ? "" : "/./", target->folder);
}

/* `text` begins with "/", or is empty. "/./a" and "/~/a" begin where a login does. */
static fallible read_path(const char *text, size_t size, struct store_target *target)
{
	AUTO(memory) char *path = NULL;
	TRY(store_location_decode(text, size, &path));
	size_t end = strlen(path);
	while (end > 1 && path[end - 1] == '/')
		path[--end] = '\0';
	bool relative = (text_starts(path, "/./") || text_starts(path, "/~/") || !strcmp(path, "/.") ||
			 !strcmp(path, "/~"));
	if (!*path)
		return store_location_bad("an sftp:// location needs a path: sftp://host/srv/backups, or "
					  "sftp://host/./backups in the folder where a login begins");
	const char *rest = relative ? path + 2 + (path[2] == '/') : path;
	target->folder = text_copy(rest);
	return NULL;
}

fallible store_sftp_target(const char *rest, struct store_target *target)
{
	AUTO(str) struct str shown = {0};
	size_t place = strcspn(rest, "?"), login = strcspn(rest, "/?");
	const char *at = memrchr(rest, '@', login);
	size_t user = at ? (size_t)(at - rest) : 0;
	target->kind = STORE_SFTP;
	if (at)
		TRY(read_user(rest, user, target));
	TRY(read_host(rest + user + (at ? 1 : 0), login - user - (at ? 1 : 0), target));
	TRY(read_path(rest + login, place - login, target));
	const char *query = rest[place] ? rest + place + 1 : "";
	TRY(store_location_query(query, parameters, COUNT(parameters), hint, target, NULL));
	add_shown(&shown, target);
	target->display = str_take(&shown);
	return NULL;
}
