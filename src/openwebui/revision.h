/* The revisions of Open WebUI's database: a straight line, oldest first (revisions.def). */
#ifndef OPENWEBUI_REVISION_H
#define OPENWEBUI_REVISION_H

#include <stdbool.h>

/* REVISION_ID for each: its ordinal, 1 for the oldest, without gaps. A revision that the code names is named by these,
 * so that a spelling mistake does not compile. The number in the list is the folder's: 08 is no number in C. */
enum revision_ordinal {
	REVISION_NONE,
#define REVISION(number, id, title, sql, code) REVISION_##id,
#include "openwebui/revisions.def"
#undef REVISION
};

struct revision {
	int ordinal; /* enum revision_ordinal */
	const char *id;    /* as it stands in alembic_version */
	const char *title; /* a few words, without a full stop */
};

const struct revision *revision_find(const char *id); /* NULL: this owctl does not know it */
const struct revision *revision_at(int ordinal);      /* NULL outside of 1 .. revision_count() */
const struct revision *revision_head(void);           /* the newest */
int revision_count(void);

/* Whether `revision` is the one of `ordinal` or comes after it. */
static inline bool revision_reaches(const struct revision *revision, enum revision_ordinal ordinal)
{
	return revision->ordinal >= (int)ordinal;
}

#endif
