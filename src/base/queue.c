#include "base/queue.h"

#include <stdlib.h>
#include <time.h>

#include "base/cancel.h"
#include "base/memory.h"

/* A signal wakes nobody who waits for another thread. */
#define LOOK_EVERY_NS (100 * 1000 * 1000)

void queue_init(struct queue *queue, size_t room)
{
	*queue = (struct queue){.items = mem_new(room, sizeof *queue->items), .room = room};
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

static void wait_for_change(struct queue *queue)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_EVERY_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&queue->changed, &queue->lock, &until);
}

static bool is_over(const struct queue *queue)
{
	return queue->closed || cancel_requested();
}

bool queue_put(struct queue *queue, void *item)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->count == queue->room && !is_over(queue))
		wait_for_change(queue);
	bool taken = !is_over(queue);
	if (taken) {
		queue->items[(queue->first + queue->count++) % queue->room] = item;
		pthread_cond_broadcast(&queue->changed);
	}
	pthread_mutex_unlock(&queue->lock);
	return taken;
}

static void *first(struct queue *queue)
{
	if (!queue->count)
		return NULL;
	void *item = queue->items[queue->first];
	queue->first = (queue->first + 1) % queue->room;
	queue->count--;
	return item;
}

void *queue_take(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	while (!queue->count && !queue->ended && !is_over(queue))
		wait_for_change(queue);
	void *item = is_over(queue) ? NULL : first(queue);
	if (item)
		pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	return item;
}

static void set(struct queue *queue, bool *flag)
{
	pthread_mutex_lock(&queue->lock);
	*flag = true;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

void queue_end(struct queue *queue)
{
	set(queue, &queue->ended);
}

void queue_close(struct queue *queue)
{
	set(queue, &queue->closed);
}

bool queue_is_closed(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	bool closed = queue->closed;
	pthread_mutex_unlock(&queue->lock);
	return closed;
}

void *queue_left(struct queue *queue)
{
	return first(queue);
}

void queue_cleanup(struct queue *queue)
{
	free(queue->items);
	pthread_mutex_destroy(&queue->lock);
	pthread_cond_destroy(&queue->changed);
}
