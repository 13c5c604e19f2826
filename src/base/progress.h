/* How far long work is, for whoever waits for it: on a terminal a line that is written over and taken away at the end;
 * elsewhere a note at the start, where the work is worth one, and one a minute. Nothing with -q. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *doing, *what; /* "hashing", "passwords"; borrowed */
	size_t total;
	int64_t started; /* ms, as clock_monotonic_ms */
	atomic_size_t done;
	_Atomic int64_t told; /* ms: when the line was last written, or the last note */
};

/* `many`: from this total on the start is worth a note. */
void progress_start(struct progress *progress, const char *doing, const char *what, size_t total, size_t many);

/* One more is done; from any thread. */
void progress_step(struct progress *progress);

/* When no thread steps any more. */
void progress_end(void);

#endif
