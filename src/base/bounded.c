#include "base/bounded.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"

struct call {
	void (*job)(void *);
	void (*release)(void *);
	void *state;
	pthread_mutex_t lock;
	bool ended, left_behind;
	int wake; /* readable once the job ended */
};

static void call_free(struct call *call)
{
	close(call->wake);
	pthread_mutex_destroy(&call->lock);
	free(call);
}

static void *run(void *argument)
{
	struct call *call = argument;
	call->job(call->state);
	pthread_mutex_lock(&call->lock);
	call->ended = true;
	bool left_behind = call->left_behind;
	if (!left_behind)
		eventfd_write(call->wake, 1);
	pthread_mutex_unlock(&call->lock);
	if (left_behind) {
		call->release(call->state);
		call_free(call);
	}
	return NULL;
}

static void wait_for(int wake, int64_t timeout_ms, int64_t after_cancel_ms)
{
	int64_t until = clock_monotonic_ms() + timeout_ms;
	bool hurry = false;
	for (;;) {
		if (cancel_requested() && !hurry) {
			hurry = true;
			int64_t sooner = clock_monotonic_ms() + after_cancel_ms;
			until = sooner < until ? sooner : until;
		}
		int64_t left = until - clock_monotonic_ms();
		if (left < 0)
			left = 0;
		struct pollfd waits[] = {{.fd = wake, .events = POLLIN},
					 {.fd = hurry ? -1 : cancel_fd(), .events = POLLIN}};
		int ready = poll(waits, 2, left < INT32_MAX ? (int)left : INT32_MAX);
		if (waits[0].revents || (!ready && left < INT32_MAX))
			return;
	}
}

bool bounded_run(void (*job)(void *), void (*release)(void *), void *state, int64_t timeout_ms,
		 int64_t after_cancel_ms)
{
	struct call *call = mem_new(1, sizeof *call);
	*call = (struct call){.job = job, .release = release, .state = state};
	call->wake = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&call->lock, NULL);
	pthread_t thread;
	if (call->wake < 0 || pthread_create(&thread, NULL, run, call)) {
		job(state); /* unbounded, but done */
		call_free(call);
		return true;
	}
	wait_for(call->wake, timeout_ms, after_cancel_ms);
	pthread_mutex_lock(&call->lock);
	bool ended = call->ended;
	call->left_behind = !ended;
	pthread_mutex_unlock(&call->lock);
	if (!ended) {
		pthread_detach(thread);
		return false;
	}
	pthread_join(thread, NULL);
	call_free(call);
	return true;
}
