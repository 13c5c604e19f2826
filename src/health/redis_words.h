/* What Redis says of itself: https://redis.io/docs/latest/commands/info and config-get. */
#ifndef HEALTH_REDIS_WORDS_H
#define HEALTH_REDIS_WORDS_H

#include <stdint.h>

#include "net/redis.h"

/* The value of a field of INFO, to be freed; *value NULL: there is none, or INFO is not allowed. */
fallible redis_info(struct redis *redis, const char *section, const char *field, char **value) MUST_CHECK;
/* The same as a number; -1: there is none. */
fallible redis_info_number(struct redis *redis, const char *section, const char *field, int64_t *value) MUST_CHECK;
/* The same of CLUSTER INFO. */
fallible redis_cluster_number(struct redis *redis, const char *field, int64_t *value) MUST_CHECK;
fallible redis_cluster_text(struct redis *redis, const char *field, char **value) MUST_CHECK;
/* The value of a parameter by CONFIG GET, to be freed; *value NULL: there is none, or CONFIG is not allowed, as in what
 * clouds sell. */
fallible redis_parameter(struct redis *redis, const char *name, char **value) MUST_CHECK;

/* maxclients, by INFO (since Redis 7) or CONFIG; -1: neither tells. */
fallible redis_clients_most(struct redis *redis, int64_t *most) MUST_CHECK;

/* That it is not allowed, or not known, is no error. */
fallible redis_allowed(struct error *error) MUST_CHECK;

#endif
