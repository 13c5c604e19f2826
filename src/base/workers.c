#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/cancel.h"

#define MOST_THREADS 64

struct batch {
	char *items;
	size_t count, size;
	void (*job)(void *, void *);
	void *shared;
	atomic_size_t next;
};

unsigned workers_cores(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set))
		return 1;
	int cores = CPU_COUNT(&set);
	return cores > 0 ? (unsigned)cores : 1;
}

static void *work(void *argument)
{
	struct batch *batch = argument;
	while (!cancel_requested()) {
		size_t index = atomic_fetch_add(&batch->next, 1);
		if (index >= batch->count)
			break;
		batch->job(batch->items + index * batch->size, batch->shared);
	}
	return NULL;
}

bool workers_each(void *items, size_t count, size_t size, unsigned threads, void (*job)(void *, void *), void *shared)
{
	struct batch batch = {.items = items, .count = count, .size = size, .job = job, .shared = shared};
	pthread_t started[MOST_THREADS];
	size_t running = 0;
	if (!threads)
		threads = workers_cores();
	if (threads > MOST_THREADS)
		threads = MOST_THREADS;
	/* This thread works too; one that can't be started only makes it slower. */
	while (running + 1 < threads && running + 1 < count &&
	       !pthread_create(&started[running], NULL, work, &batch))
		running++;
	work(&batch);
	for (size_t i = 0; i < running; i++)
		pthread_join(started[i], NULL);
	return !cancel_requested();
}
