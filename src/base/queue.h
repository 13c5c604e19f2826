/* A queue of a few places between threads: who puts waits while it is full, who takes waits while it is empty, and a
 * signal (cancel_requested) or its closing ends both. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct queue {
	void **items; /* a ring */
	size_t room, first, count;
	bool ended;  /* nothing more is put */
	bool closed; /* nothing more is taken either */
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

void queue_init(struct queue *queue, size_t room);
bool queue_put(struct queue *queue, void *item); /* false: closed or cancelled, and the item is still the caller's */
void *queue_take(struct queue *queue); /* NULL: closed or cancelled, or it has ended and is empty */
void queue_end(struct queue *queue);   /* what is in it can still be taken */
void queue_close(struct queue *queue); /* what is in it stays there, for queue_left */
bool queue_is_closed(struct queue *queue);
void *queue_left(struct queue *queue); /* when no thread is at it any more: what was not taken; NULL: nothing */
void queue_cleanup(struct queue *queue);

#endif
