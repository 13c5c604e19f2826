/* Waiting for a thread for so long and no longer. */
#ifndef BASE_JOIN_H
#define BASE_JOIN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Whether it has ended by then (clock_monotonic_ms), and is joined. */
static inline bool thread_join_by(pthread_t thread, int64_t deadline_ms)
{
	const struct timespec end = {.tv_sec = deadline_ms / 1000, .tv_nsec = deadline_ms % 1000 * 1000000};
	return !pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end);
}

#endif
