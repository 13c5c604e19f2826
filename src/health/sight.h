/* A part of an installation that could not be looked at: why; and when it was looked at. */
#ifndef HEALTH_SIGHT_H
#define HEALTH_SIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct sight {
	bool absent, seen;     /* `absent`: there is none to look at */
	struct error *failure; /* neither absent nor seen */
	int64_t begun_us, ended_us; /* since 1970; 0: nobody has begun */
};

#endif
