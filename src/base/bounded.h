/* A call that can't be told to hurry (looking up a name, connecting in a library) with a bound on how long it is
 * waited for. */
#ifndef BASE_BOUNDED_H
#define BASE_BOUNDED_H

#include <stdbool.h>
#include <stdint.h>

/* Runs `job(state)` on a thread of its own and waits for it up to `timeout_ms`, but only `after_cancel_ms` from the
 * moment that this process is cancelled. True: it ended, `state` is the caller's. False: it is left behind; `state` is
 * its own, and when it ends `release(state)` is called on that thread, or never if the process ends first. */
bool bounded_run(void (*job)(void *state), void (*release)(void *state), void *state, int64_t timeout_ms,
		 int64_t after_cancel_ms);

#endif
