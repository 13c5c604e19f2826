/* The revisions of Open WebUI's database: a straight line, oldest first (revisions.def). */
#ifndef OPENWEBUI_REVISION_H
#define OPENWEBUI_REVISION_H

#include <stdbool.h>

struct revision {
	int ordinal;       /* 1 for the oldest, no gaps */
	const char *id;    /* as it stands in alembic_version */
	const char *title; /* a few words, without a full stop */
};

const struct revision *revision_find(const char *id); /* NULL: this owctl does not know it */
const struct revision *revision_at(int ordinal);      /* NULL outside of 1 .. revision_count() */
const struct revision *revision_head(void);           /* the newest */
int revision_count(void);

#endif
