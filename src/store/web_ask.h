/* Who gives out credentials over HTTP: how they are asked, and how long what they give is kept. Only for the drivers.
 */
#ifndef STORE_WEB_ASK_H
#define STORE_WEB_ASK_H

#include "base/json_tree.h"
#include "net/http.h"

struct store_question {
	const char *method, *url;
	const char *header; /* "Name: value"; NULL: none */
	const char *body;   /* NULL: none */
	bool direct, once;  /* as in net/http.h */
};
fallible store_ask(struct http *http, const struct store_question *question, struct http_answer *answer) MUST_CHECK;

/* A form as browsers send one (application/x-www-form-urlencoded). */
void store_form_add(struct str *form, const char *name, const char *value);
fallible store_ask_by_form(struct http *http, const char *url, const struct str *form,
			   struct http_answer *answer) MUST_CHECK;

/* Makes the time-outs of a store those of such questions: on a machine without an instance's metadata nobody
 * answers, or not even that. */
void store_asking_options(struct http_options *options);

/* Whether `url` is https://, or http:// at this machine or one of `hosts` (count may be 0): secrets are sent to no
 * other one. */
bool store_url_is_safe(const char *url, const char *const *hosts, size_t count);

/* A member that is a string, and not ""; else NULL. To be freed by secret_free. */
char *store_json_text(const struct json_tree *tree, const char *name) MUST_CHECK;

/* ---- credentials that end ---- */

/* They are fetched anew five minutes before, by whoever needs them; while that fails, those that have not ended are
 * used. Begins as {0}. */
struct store_renewal {
	int64_t ends;       /* seconds since 1970; 0: never. Set by `fetch` */
	int64_t not_before; /* the next fetch */
	bool refused;       /* set from outside: those that are there are no good */
};
/* Calls `fetch` if it is time for it; `there`: there are some already. */
fallible store_renew(struct store_renewal *renewal, bool there, fallible (*fetch)(void *state),
		     void *state) MUST_CHECK;

#endif
