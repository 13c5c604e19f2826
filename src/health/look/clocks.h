/* Nobody's clock is called wrong by one look: a server that was busy for seconds sends an old Date. */
#ifndef HEALTH_CLOCKS_H
#define HEALTH_CLOCKS_H

#include "health/look/look.h"

/* Looks once more at those whose clocks seem to be wrong, a moment later, if there is time. */
fallible clocks_confirm(struct look *look, struct replica *const *replicas, size_t count) MUST_CHECK;

#endif
