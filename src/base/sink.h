/* Where a stream of bytes goes: one link of a chain takes a piece, works on it, and hands the result to the next. */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* `take` is given pieces of any size, in order; it borrows them. After an error nothing more is given. */
struct sink {
	fallible (*take)(void *state, const char *bytes, size_t size);
	void *state;
};

static inline fallible sink_take(const struct sink *sink, const char *bytes, size_t size)
{
	return sink->take(sink->state, bytes, size);
}

/* Keeps all of it in `str`, which is borrowed. */
struct sink sink_into(struct str *str) MUST_CHECK;

/* Keeps nothing: for who wants to know only whether it comes. */
struct sink sink_nowhere(void) MUST_CHECK;

#endif
