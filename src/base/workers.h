/* A fixed set of threads that take jobs in order: for work that keeps a core busy (hashing, compressing). */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

/* Calls `job(item, shared)` for each of `count` items of `size` bytes at `items`, on up to `threads` threads (0: one a
 * core that this process may run on), and returns when all are done or cancel_requested(); false if cancelled. */
bool workers_each(void *items, size_t count, size_t size, unsigned threads, void (*job)(void *item, void *shared),
		  void *shared);

unsigned workers_cores(void);

#endif
