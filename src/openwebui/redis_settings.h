/* The Redis that the replicas share, as Open WebUI reads REDIS_URL, REDIS_SENTINEL_HOSTS and REDIS_SENTINEL_PORT.
 * REDIS_CLUSTER makes no difference to owctl's client, and sentinels go before it as they do upstream. */
#ifndef OPENWEBUI_REDIS_SETTINGS_H
#define OPENWEBUI_REDIS_SETTINGS_H

#include "net/redis_target.h"
#include "settings/settings.h"

/* `found` false: the settings name none. Sentinels without a URL are ERR_SETTINGS: Open WebUI starts, but without
 * Redis. */
fallible redis_settings_target(struct settings *settings, struct redis_target *target, bool *found) MUST_CHECK;

/* REDIS_SENTINEL_PORT alone, which is read only where there are sentinels. ERR_SETTINGS if it is no port. */
fallible redis_settings_check_port(struct settings *settings) MUST_CHECK;

/* What the keys begin with; borrowed. */
fallible redis_settings_prefix(struct settings *settings, const char **prefix) MUST_CHECK;

#endif
