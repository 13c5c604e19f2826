/* What servers have in their environment, as far as that is known: an orchestrator tells of it, or owctl has the same
 * settings as they. */
#ifndef HEALTH_ENVIRONMENT_H
#define HEALTH_ENVIRONMENT_H

#include <stdint.h>

#include "health/check.h"

/* Only at the end (CHECK_AT_END). *known false: nobody tells; *value (borrowed) NULL: it is known not to be set. What
 * owctl's own settings do not say is not known: they need not be all that a server has. `name` is a known setting. */
fallible environment_look(const struct checking *checking, const char *name, bool *known,
			  const char **value) MUST_CHECK;

/* The same as a whole number, as Python's int() reads it, near enough. *number is `fallback` where it is not set or no
 * number; *known false: so it is, or nobody tells and *number is the setting's own default. */
fallible environment_number(const struct checking *checking, const char *name, int64_t fallback, bool *known,
			    int64_t *number) MUST_CHECK;

/* Whether it is known to be the word, in either case. */
fallible environment_is(const struct checking *checking, const char *name, const char *word, bool *is) MUST_CHECK;

#endif
