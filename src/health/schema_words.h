/* What is wrong with tables and migrations, as the checks tell it: by migrate/verify.h and migrate/journal.h. */
#ifndef HEALTH_SCHEMA_WORDS_H
#define HEALTH_SCHEMA_WORDS_H

#include "openwebui/installation.h"

enum schema_kind {
	SCHEMA_BROKEN,	/* a broken state of a migration, of the kinds of migrate/faults.h */
	SCHEMA_MISSING, /* Open WebUI fails on it */
	SCHEMA_SLOW,	/* it does not: indexes and keys */
};

/* All borrowed. */
struct schema_fault {
	const char *name;  /* "missing-index" */
	const char *place; /* "chat.tasks" */
	const char *what;  /* a sentence without a full stop */
	const char *mend;  /* a command of owctl, a statement, or NULL */
	bool breaks;	   /* Open WebUI fails on it */
};

/* Hands each fault of a kind to `tell`, of a database at a known revision in the open transaction. No rows are read. Of
 * one where owctl was cut off in a migration nothing can be told. */
fallible schema_each(struct installation *installation, enum schema_kind kind,
		     void (*tell)(void *state, const struct schema_fault *fault), void *state) MUST_CHECK;

/* What of a migration of owctl is open: *cut_off is the revision that is begun and not done, or NULL; *goes_on: a run
 * stopped between two. */
fallible schema_is_unfinished(struct installation *installation, const char **cut_off, bool *goes_on) MUST_CHECK;

#endif
