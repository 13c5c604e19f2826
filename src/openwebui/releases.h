/* The releases of Open WebUI that owctl knows, 0.3.35 and later, and the database revision that each brings.
 *
 * Several releases in a row often share a revision, and a release may bring several: then only the last of them is any
 * release's. A database stands at such a revision in between only when an upgrade was cut short.
 *
 * The table is constant; nothing here allocates or fails. Ids are those of migrate/chain; this file does not use it. */
#ifndef OPENWEBUI_RELEASES_H
#define OPENWEBUI_RELEASES_H

#include <stdbool.h>

struct release {
	const char *version;  /* "0.12.4" */
	const char *revision; /* the newest revision of its migrations */
};

const struct release *release_find(const char *version); /* NULL: unknown. Exactly as published: "0.12.4", no "v" */
const struct release *release_at(int index);             /* 0 is the oldest; NULL past the newest */
const struct release *release_latest(void);

/* The oldest and the newest release whose revision is `id`; false, and nothing written, where no release has it. */
bool releases_of_revision(const char *id, const struct release **first, const struct release **last);

#endif
