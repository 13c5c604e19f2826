/* Findings that somebody knows of and has decided to live with for a while: `CODE=reason`, `CODE=reason until DATE`.
 * They are still shown, with the reason, and don't count for the verdict. */
#ifndef HEALTH_SUPPRESS_H
#define HEALTH_SUPPRESS_H

#include <stdint.h>

#include "base/str.h"
#include "health/result.h"

/* ERR_USAGE for what is not of that form: an unknown code, no reason, no date after "until". */
fallible suppress_check(const struct strings *suppressions) MUST_CHECK;

/* Marks what they name. One whose date (seconds since 1970; a day lasts to its end in UTC) is over does nothing, which
 * is told as a warning. They have to be fine (suppress_check). */
void suppress_apply(const struct strings *suppressions, int64_t now, struct results *results);

#endif
