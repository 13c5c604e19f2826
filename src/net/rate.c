#include "net/rate.h"

#include "base/cancel.h"
#include "base/clock.h"

void rate_init(struct rate *rate, uint64_t bytes_per_second)
{
	pthread_mutex_init(&rate->lock, NULL);
	rate->bytes_per_ms = (double)bytes_per_second / 1000;
	rate->next_ms = 0;
}

void rate_wait(struct rate *rate, uint64_t bytes)
{
	if (rate->bytes_per_ms <= 0)
		return;
	pthread_mutex_lock(&rate->lock);
	double now = (double)clock_monotonic_ms();
	double mine = rate->next_ms > now ? rate->next_ms : now;
	rate->next_ms = mine + (double)bytes / rate->bytes_per_ms;
	pthread_mutex_unlock(&rate->lock);
	for (; now < mine && !cancel_requested(); now = (double)clock_monotonic_ms())
		cancel_sleep((int64_t)(mine - now) + 1);
}
