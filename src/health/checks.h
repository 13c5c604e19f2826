/* The list of all checks, which nobody writes down: the linker gathers what HEALTH_CHECK declares. */
#ifndef HEALTH_CHECKS_H
#define HEALTH_CHECKS_H

#include "health/check.h"

/* In the order of their codes. */
size_t checks_count(void);
const struct check *check_at(size_t index);
const struct check *check_find(const char *name); /* by code, in upper or lower case, or by name; NULL: none */
size_t check_index(const struct check *check);

#endif
