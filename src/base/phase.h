/* What the run is busy with, one thing after the other or within another, for who tells of it when it is over. Only
 * those of the main thread are kept, and no more than PHASES_MOST of them. */
#ifndef BASE_PHASE_H
#define BASE_PHASE_H

#include <stddef.h>
#include <stdint.h>

#define PHASES_MOST 200
#define PHASE_NAME_SIZE 80
#define PHASE_NONE SIZE_MAX

struct phase {
	char name[PHASE_NAME_SIZE]; /* "backing up"; cut where it is longer */
	size_t within;              /* number of the phase that it is a part of, or PHASE_NONE */
	int64_t begun_us, ended_us; /* since 1970; 0: it goes on */
};

/* "doing", or "doing what" where `what` is not NULL; its number, or PHASE_NONE where it is not kept. */
size_t phase_begin(const char *doing, const char *what);
/* Ends it, and those within it that go on. PHASE_NONE is fine. */
void phase_end(size_t number);
const struct phase *phases(size_t *count);

#endif
