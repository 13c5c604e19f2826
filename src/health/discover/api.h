/* Asking whoever runs the replicas: JSON over HTTP, by a Unix socket or TLS. */
#ifndef HEALTH_DISCOVER_API_H
#define HEALTH_DISCOVER_API_H

#include <jansson.h>

#include "health/discover.h"

struct api {
	const char *what; /* "the Docker Engine", for messages */
	const char *hint; /* where its address and rights come from */
	char *base;   /* "https://10.0.0.1:6443"; with a socket "http://docker" */
	char *socket; /* path; NULL: by the network */
	char *ca_file, *certificate_file, *key_file;
	char *ca, *certificate, *key; /* as PEM, instead of files */
	bool unverified;
	char *authorization; /* a header: "Authorization: Bearer .."; or NULL */
};
void api_cleanup(struct api *api);

/* What it answers to GET of a path. ERR_PERMISSION for 401 and 403; ERR_SETTINGS for 404: there is nothing of that
 * name; ERR_UNREACHABLE otherwise. `*answer` is a new reference. */
fallible api_get(const struct api *api, const struct discover_options *options, const char *path, json_t **answer)
	MUST_CHECK;

/* A file of a text that may have a line end behind it; secret_free. */
fallible api_read_file(const char *path, char **text) MUST_CHECK;

/* ---- JSON of others, of which nothing is taken for granted ---- */

const char *json_text(const json_t *object, const char *key); /* NULL: there is no such text; borrowed */
/* What stands at a path of keys, "State/Health/Status"; NULL: there is no such thing. Borrowed. */
json_t *json_below(const json_t *object, const char *path);
/* A time as both write it, with or without fractions of a second, in seconds since 1970; 0: there is none. */
int64_t json_time(const json_t *object, const char *key);
/* Percent-encoded JSON behind "filters=", as Docker's API has it: {"KEY":["VALUE","ALSO"]}, which both have to be true.
 * `also` NULL: the first alone. To be freed. */
char *api_filter(const char *key, const char *value, const char *also) MUST_CHECK;

const char *api_variable(const char *name); /* of the environment; NULL: it is not set, or to nothing. Borrowed */

#define WEBUI_DEFAULT_PORT 8080

/* Divides "NAME[:PORT]"; *port is 0 where none is given. `name` is to be freed. False if it is not of that form. */
bool discover_split_port(const char *text, char **name, int64_t *port);

#endif
