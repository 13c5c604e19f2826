/* The grammar of a database URL as Open WebUI reads it, which is SQLAlchemy's and not quite RFC 3986: user and password
 * are percent-decoded, host and database are taken as they stand, and a password may hold "/", ":" and "?". */
#ifndef DB_URL_H
#define DB_URL_H

#include "base/error.h"
#include "base/str.h"

struct db_url {
	char *scheme;           /* "postgresql+psycopg2" */
	char *user, *password;  /* decoded; NULL when absent */
	char *hosts;            /* as written: "db:5432", "a:1,b:2", "[::1]"; NULL when absent */
	char *database;         /* as written; NULL when absent */
	struct strings names;   /* of query parameters, decoded; empty values are dropped */
	struct strings values;
	bool doubtful; /* an @ stands where none is needed: what comes before it may belong to the password */
};

/* ERR_SETTINGS with a hint; the message holds nothing of the URL. */
fallible db_url_split(const char *text, struct db_url *url) MUST_CHECK;
void db_url_cleanup(struct db_url *url);

/* The last value of a query parameter, or NULL; borrowed. */
const char *db_url_parameter(const struct db_url *url, const char *name);

#endif
