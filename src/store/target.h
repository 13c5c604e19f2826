/* The parts of a location. Only for src/store/target*.c. */
#ifndef STORE_TARGET_H
#define STORE_TARGET_H

#include "store/store.h"

/* ERR_SETTINGS with the forms of a location as its hint. */
fallible store_location_bad(const char *format, ...) PRINTF(1, 2) MUST_CHECK;
fallible store_location_decode(const char *text, size_t size, char **decoded) MUST_CHECK; /* to be freed */

/* What follows "s3://". After a failure `target` is to be cleaned up. */
fallible store_s3_target(const char *rest, struct store_target *target) MUST_CHECK;

#endif
