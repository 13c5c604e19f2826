/* One server, by its address. */
#include <string.h>

#include "base/str.h"
#include "health/discover/kinds.h"

static fallible check(const char *url)
{
	const char *host = strstr(url, "://");
	size_t size = host ? strcspn(host + 3, "/?#") : 0;
	if (size && !memchr(host + 3, '@', size) && !strpbrk(host + 3, " ?#"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "this is not the address of a replica"),
			  "it is http://HOST:PORT, without user, password and query");
}

static fallible find(const char *place, const char *url, const struct discover_options *options UNUSED,
		     struct replicas *replicas)
{
	(void)place;
	replicas_add(replicas, NULL, url, NULL, "named");
	return NULL;
}

const struct discover_kind discover_http = {.scheme = "http", .is_address = true, .check = check, .find = find};
const struct discover_kind discover_https = {.scheme = "https", .is_address = true, .check = check, .find = find};
