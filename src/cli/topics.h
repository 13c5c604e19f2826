/* What holds for all of owctl and belongs to no command: `owctl help TOPIC`, and a part of owctl(1). */
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

#include "base/str.h"

/* One explanation; `term` is typed or read as it stands. */
typedef void topic_row(const char *term, const char *text, void *data);

struct topic {
	const char *name;    /* "exit-status" */
	const char *summary; /* one clause */
	const char *text;    /* paragraphs in front of the rows */
	void (*rows)(topic_row *row, void *data); /* calls `row` for each */
};

extern const struct topic topics[]; /* ends with a NULL name */
const struct topic *topic_find(const char *name); /* NULL: there is none */

/* The topic as text for a terminal of `width` columns. */
void topic_write(struct str *out, const struct topic *topic, size_t width);

#endif
