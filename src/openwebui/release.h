/* Published releases of Open WebUI and the revision that each brings a database to (releases.def). */
#ifndef OPENWEBUI_RELEASE_H
#define OPENWEBUI_RELEASE_H

#include <stdbool.h>

struct release {
	const char *version; /* "0.12.4" */
	const char *head;    /* revision id */
};

const struct release *release_find(const char *version); /* NULL: unknown */
const struct release *release_latest(void);
/* The first and last release whose head is this revision; false (and NULLs) when none has it as its head. */
bool release_span(const char *revision, const struct release **first, const struct release **last);

#endif
