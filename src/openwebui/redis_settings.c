#include "openwebui/redis_settings.h"

fallible redis_settings_check_port(struct settings *settings)
{
	const char *port;
	int64_t number;
	TRY(settings_get(settings, "REDIS_SENTINEL_PORT", &port));
	if (!port || redis_port_parse(port, &number))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "REDIS_SENTINEL_PORT (%s) is no port",
				    settings_origin(settings, "REDIS_SENTINEL_PORT")),
			  "write a number from 1 to 65535; the usual one is 26379");
}

fallible redis_settings_target(struct settings *settings, struct redis_target *target, bool *found)
{
	const char *url, *hosts, *port;
	TRY(settings_get(settings, "REDIS_URL", &url));
	TRY(settings_get(settings, "REDIS_SENTINEL_HOSTS", &hosts));
	TRY(settings_get(settings, "REDIS_SENTINEL_PORT", &port));
	*found = url || hosts;
	if (!*found)
		return NULL;
	if (!url)
		return error_hint(error_new(ERR_SETTINGS, "REDIS_SENTINEL_HOSTS (%s) is set, but REDIS_URL is not",
					    settings_origin(settings, "REDIS_SENTINEL_HOSTS")),
				  "REDIS_URL names the service, user and password: redis://user:password@mymaster/0");
	if (hosts)
		TRY(redis_settings_check_port(settings));
	return error_wrap(redis_target_parse(url, hosts, port, target), "REDIS_URL (%s)",
			  settings_origin(settings, "REDIS_URL"));
}

fallible redis_settings_prefix(struct settings *settings, const char **prefix)
{
	return settings_get(settings, "REDIS_KEY_PREFIX", prefix);
}
