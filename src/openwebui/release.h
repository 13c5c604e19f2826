/* Published releases of Open WebUI, 0.3.35 and later, and the revision that each brings a database to (releases.def).
 *
 * Several releases in a row often share a revision, and a release may bring several: then only the last of them is any
 * release's. A database stands at one in between only when an upgrade was cut short. */
#ifndef OPENWEBUI_RELEASE_H
#define OPENWEBUI_RELEASE_H

#include <stdbool.h>

struct release {
	const char *version; /* "0.12.4" */
	const char *head;    /* revision id */
};

const struct release *release_find(const char *version); /* "0.12.4" or as its tag, "v0.12.4"; NULL: unknown */
const struct release *release_at(int index);             /* 0 is the oldest; NULL past the newest */
const struct release *release_latest(void);
/* Which of two versions is later, as strcmp has it, by their numbers: also of releases that owctl does not know. */
int release_compare(const char *one, const char *other);
/* The first and last release whose head is this revision; false (and NULLs) when none has it as its head. */
bool release_span(const char *revision, const struct release **first, const struct release **last);

#endif
