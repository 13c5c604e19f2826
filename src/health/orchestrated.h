/* What whoever runs a replica says of its environment. */
#ifndef HEALTH_ORCHESTRATED_H
#define HEALTH_ORCHESTRATED_H

#include "health/replica.h"

void orchestrated_add_setting(struct orchestrated *own, const char *name, const char *value);

/* The value of a variable that is given in the clear; NULL: it is not. Borrowed. */
const char *orchestrated_setting(const struct orchestrated *own, const char *name);

/* Whether it may have a value that is not told: it comes from a secret, or whole sets of variables do. */
bool orchestrated_hides(const struct orchestrated *own, const char *name);
#define ORCHESTRATED_HIDES_ANY "*" /* in `hidden`: any name may be among them */

#endif
