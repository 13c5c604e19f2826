/* Finding the replicas: from a place that is named to the servers that are there, with what whoever runs them knows.
 *
 *     http://10.0.0.7:8080, https://..   one server
 *     dns:chat.internal:8080             one for each address of the name (A, AAAA); https: dns+https:..
 * Each kind is a row of discover.c and a file of health/discover/. */
#ifndef HEALTH_DISCOVER_H
#define HEALTH_DISCOVER_H

#include "base/str.h"
#include "health/replica.h"

/* ERR_SETTINGS, with a hint, for what is no place. Asks nobody. */
fallible discover_check(const char *place) MUST_CHECK;

struct discover_options {
	int64_t timeout_ms, deadline_ms; /* as struct probe_options has them */
};

/* Adds the replicas of a place, in an order that stays the same. None is no error. ERR_UNREACHABLE, ERR_PERMISSION,
 * ERR_SETTINGS: who knows of them can't be asked. */
fallible discover(const char *place, const struct discover_options *options, struct replicas *replicas) MUST_CHECK;

#endif
