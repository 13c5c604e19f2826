/* What an earlier run has found: what `owctl health check -o json` printed then. Who compares with it is told of what
 * is new. */
#ifndef HEALTH_BASELINE_H
#define HEALTH_BASELINE_H

#include <jansson.h>

#include "health/result.h"

/* Reads the file. ERR_INPUT for what is not of that form. */
fallible baseline_read(const char *path, json_t **baseline) MUST_CHECK;

/* Marks what the earlier run had found of the same subject by the same check, and not of less severity. */
void baseline_apply(const json_t *baseline, struct results *results);

#endif
