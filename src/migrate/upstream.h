/* The migrations of an Open WebUI that is installed on this machine, run with its own Python and Alembic: the way for
 * what owctl can't take itself, revisions that are newer than it and tables from before there were revisions. What runs
 * there is upstream.py. */
#ifndef MIGRATE_UPSTREAM_H
#define MIGRATE_UPSTREAM_H

#include "openwebui/installation.h"

struct upstream {
	const char *python;   /* borrowed */
	char *name;           /* "Open WebUI 0.12.4" */
	char *release;        /* "0.12.4"; NULL where it does not say */
	struct strings chain; /* its revisions, oldest first */
	bool numbers;         /* it still makes the changes from before there were revisions */
	bool takes_schema;    /* its migrations go to DATABASE_SCHEMA */
};
void upstream_cleanup(struct upstream *upstream);

/* Looks at what is installed for a Python, without loading it. ERR_SETTINGS if that can't be run, or has no Open
 * WebUI. */
fallible upstream_look(const char *python, struct upstream *upstream) MUST_CHECK;

/* The place in the chain of a revision, or of a release's newest; NULL: the last. ERR_INPUT if it is not there. */
fallible upstream_find_target(const struct upstream *upstream, const char *target, int *place) MUST_CHECK;

/* From what is recorded to a revision of upstream->chain. */
struct upstream_plan {
	const char *from; /* NULL: nothing is recorded; this and the next are borrowed from the chain */
	const char *to;
	int pending;  /* revisions */
	bool numbers; /* changes from before there were revisions are missing, and would be made */
	bool empty;   /* there are no tables */
	const struct revision *known_from, *known_to; /* NULL: this owctl does not know it */
};

/* `target` as upstream_find_target. ERR_FAILED with the way out for what its migrations would not take, or damage:
 * tables of another program, two recorded revisions, one that is not of the chain or later than the target, tables
 * whose numbered changes nobody would make, a schema that it does not look at. */
fallible upstream_make_plan(struct installation *installation, const struct upstream *upstream, const char *target,
			    struct upstream_plan *plan) MUST_CHECK;

/* Runs them, outside of transactions and while the database is held; what they print are notes. ERR_FAILED if they
 * fail, ERR_INTERRUPTED when owctl was told to stop, and they with it: then what is recorded is to be looked at. */
fallible upstream_run(struct installation *installation, const struct upstream *upstream,
		      const struct upstream_plan *plan) MUST_CHECK;

#endif
