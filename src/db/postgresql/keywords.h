/* Keywords and values for libpq, in order, each keyword once. */
#ifndef DB_POSTGRESQL_KEYWORDS_H
#define DB_POSTGRESQL_KEYWORDS_H

#include "base/error.h"
#include "base/str.h"
#include "db/url.h"

struct keywords {
	struct strings names, values;
};

/* A later value replaces an earlier one; NULL and "" count as not given. */
void keywords_set(struct keywords *keywords, const char *name, const char *value);
void keywords_set_default(struct keywords *keywords, const char *name, const char *value);
const char *keywords_get(const struct keywords *keywords, const char *name); /* or NULL; borrowed */

/* Host and port from the URL's authority ("a:1,b:2", "[::1]:5432") and from ?host=, which beats it. */
fallible keywords_set_hosts(struct keywords *keywords, const struct db_url *url) MUST_CHECK;

/* keyword='value' pairs for PQconnectdb; to be released with secret_free. */
char *keywords_conninfo(const struct keywords *keywords) MUST_CHECK;
void keywords_cleanup(struct keywords *keywords);

#endif
