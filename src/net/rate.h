/* A bound on bytes per second that many threads keep together. */
#ifndef NET_RATE_H
#define NET_RATE_H

#include <pthread.h>
#include <stdint.h>

struct rate {
	pthread_mutex_t lock;
	double bytes_per_ms; /* 0: no bound */
	double next_ms;      /* when the next byte may go, by the monotonic clock */
};

void rate_init(struct rate *rate, uint64_t bytes_per_second);
/* Waits until `bytes` may go; a signal ends it. */
void rate_wait(struct rate *rate, uint64_t bytes);

#endif
