/* A part of an installation that could not be looked at: why. */
#ifndef HEALTH_SIGHT_H
#define HEALTH_SIGHT_H

#include <stdbool.h>

#include "base/error.h"

struct sight {
	bool absent, seen;     /* `absent`: there is none to look at */
	struct error *failure; /* neither absent nor seen */
};

#endif
