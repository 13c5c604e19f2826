/* How far long work is, for whoever waits for it: on a terminal a line that is written over and taken away at the end;
 * elsewhere a note at the start, where the work is worth one, and one a minute. Nothing of these with -q. A service of
 * systemd shows it as its status, each step is a sign of life (base/notify.h), and all of it is a phase of the run
 * (base/phase.h). */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *doing, *what; /* "hashing", "passwords"; borrowed */
	atomic_size_t total;
	int64_t started; /* ms, as clock_monotonic_ms */
	atomic_size_t done;
	_Atomic int64_t told; /* ms: when the line was last written, or the last note */
	bool unseen;          /* no line and no note */
};

/* `many`: from this total on the start is worth a note. */
void progress_start(struct progress *progress, const char *doing, const char *what, size_t total, size_t many);

/* One more is done; from any thread. */
void progress_step(struct progress *progress);

/* The same for bytes, "backing up": with a bar, how fast it goes, and how long it takes. `total`: 0 where nobody knows;
 * then only what is done, and how fast. A line where `watched`, and a status, but no notes. */
void progress_start_bytes(struct progress *progress, const char *doing, uint64_t total, bool watched);
/* From any thread, NULL is fine: so many more are done; so many more are to be done. */
void progress_add(struct progress *progress, uint64_t bytes);
void progress_expect(struct progress *progress, uint64_t bytes);

/* When no thread steps any more. */
void progress_end(void);

#endif
