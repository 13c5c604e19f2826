/* A release's own server, started for a moment on a database and a folder that are thrown away afterwards, to see that
 * it takes them. What runs there is trial.py. */
#ifndef OPENWEBUI_TRIAL_H
#define OPENWEBUI_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* All borrowed. */
struct trial {
	const char *python; /* that Open WebUI is installed for */
	const char *folder; /* what is DATA_DIR then */
	const char *url;    /* DATABASE_URL; a secret */
	const struct strings *keys; /* what else it is to know, as NAME=VALUE; secrets */
	bool has_accounts;  /* the server should see some */
	int64_t wait_s;     /* for it to answer */
};

/* Before all that a trial takes: ERR_SETTINGS where there is no such Python, by its path or in PATH. */
fallible trial_check(const char *python) MUST_CHECK;

/* Starts it on a free port of the loopback interface, waits until /health answers, asks /api/version and /api/config,
 * and ends it with all that it started. It migrates the database if it is to; it loads no models, and connects to
 * nothing but its database. Of our environment it gets what a Python needs, and no settings. *release (to be freed) is
 * what it calls itself.
 *   ERR_NO where it does not answer as it should, and its last lines are told as warnings; ERR_SETTINGS if it can't be
 * started at all. */
fallible trial_run(const struct trial *trial, char **release) MUST_CHECK;

/* Adds the environment of such a server, and what of it is not to be printed. */
void trial_environment(const struct trial *trial, struct strings *environment, struct strings *secrets);

#endif
