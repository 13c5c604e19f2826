/* Keywords and values for libpq, in order, each keyword once. */
#ifndef DB_PARAMETERS_H
#define DB_PARAMETERS_H

#include "base/error.h"
#include "base/str.h"
#include "db/url.h"

struct parameters {
	struct strings names, values;
};

/* A later value replaces an earlier one; NULL and "" count as not given. */
void parameters_set(struct parameters *parameters, const char *name, const char *value);
void parameters_set_default(struct parameters *parameters, const char *name, const char *value);
const char *parameters_get(const struct parameters *parameters, const char *name); /* or NULL; borrowed */

/* Host and port from the URL's authority ("a:1,b:2", "[::1]:5432") and from ?host=, which beats it. */
fallible parameters_set_hosts(struct parameters *parameters, const struct db_url *url) MUST_CHECK;

/* keyword='value' pairs for PQconnectdb; to be released with secret_free. */
char *parameters_conninfo(const struct parameters *parameters) MUST_CHECK;
void parameters_cleanup(struct parameters *parameters);

#endif
