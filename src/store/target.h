/* The parts of a location. Only for src/store/target*.c. */
#ifndef STORE_TARGET_H
#define STORE_TARGET_H

#include "store/store.h"

/* ERR_SETTINGS with the forms of a location as its hint. */
fallible store_location_bad(const char *format, ...) PRINTF(1, 2) MUST_CHECK;
fallible store_location_decode(const char *text, size_t size, char **decoded) MUST_CHECK; /* to be freed */

/* The parameters of a location: "a=1&b=2", without "?". */
struct store_parameter {
	const char *name;
	fallible (*read)(char *value, struct store_target *target); /* may change the value, which has no line breaks */
};
/* Reads each by its row of `known`; `*seen` (may be NULL) gets a bit for each that there was. `hint`: what there is. */
fallible store_location_query(const char *query, const struct store_parameter *known, size_t count, const char *hint,
			      struct store_target *target, unsigned *seen) MUST_CHECK;

/* Parameters that locations of several kinds have. */
fallible store_read_endpoint(char *value, struct store_target *target) MUST_CHECK; /* "https://host:port", no more */
fallible store_read_ca(char *value, struct store_target *target) MUST_CHECK;
/* The prefix in a place that has no folders, "/" at its ends or not. */
fallible store_read_prefix(const char *text, size_t size, struct store_target *target) MUST_CHECK;

/* What follows "s3://", "gs://", "azure://" or "sftp://". After a failure `target` is to be cleaned up. */
fallible store_s3_target(const char *rest, struct store_target *target) MUST_CHECK;
fallible store_gs_target(const char *rest, struct store_target *target) MUST_CHECK;
fallible store_azure_target(const char *rest, struct store_target *target) MUST_CHECK;
fallible store_sftp_target(const char *rest, struct store_target *target) MUST_CHECK;

#endif
