#include "backup/heartbeat.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"

struct heartbeat {
	struct store *store;
	char *object, *bytes;
	int64_t every_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ending;
	bool ended;
};

static void beat(const struct heartbeat *heartbeat)
{
	struct error *error = store_put(heartbeat->store, heartbeat->object, heartbeat->bytes,
					strlen(heartbeat->bytes), STORE_ANY);
	if (!error)
		return;
	AUTO(memory) char *text = error_text(error);
	log_debug("no sign of life: %s", text);
	error_ignore(error); /* there is a next one */
}

/* False: it is to end. */
static bool wait_for_next(struct heartbeat *heartbeat)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += heartbeat->every_ms / 1000;
	until.tv_nsec += heartbeat->every_ms % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&heartbeat->lock);
	while (!heartbeat->ended && !pthread_cond_timedwait(&heartbeat->ending, &heartbeat->lock, &until))
		;
	bool goes_on = !heartbeat->ended;
	pthread_mutex_unlock(&heartbeat->lock);
	return goes_on;
}

static void *run(void *argument)
{
	struct heartbeat *heartbeat = argument;
	while (wait_for_next(heartbeat))
		beat(heartbeat);
	return NULL;
}

static void heartbeat_free(struct heartbeat *heartbeat)
{
	pthread_cond_destroy(&heartbeat->ending);
	pthread_mutex_destroy(&heartbeat->lock);
	free(heartbeat->object);
	free(heartbeat->bytes);
	free(heartbeat);
}

fallible heartbeat_begin(struct store *store, const char *object, const char *bytes, int64_t every_ms,
			 struct heartbeat **heartbeat)
{
	struct heartbeat *begun = mem_new(1, sizeof *begun);
	pthread_condattr_t monotonic;
	*begun = (struct heartbeat){
		.store = store, .object = text_copy(object), .bytes = text_copy(bytes), .every_ms = every_ms};
	pthread_mutex_init(&begun->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&begun->ending, &monotonic);
	pthread_condattr_destroy(&monotonic);
	int code = pthread_create(&begun->thread, NULL, run, begun);
	if (code) {
		heartbeat_free(begun);
		return error_system(code, "cannot start a thread");
	}
	*heartbeat = begun;
	return NULL;
}

void heartbeat_end(struct heartbeat *heartbeat)
{
	if (!heartbeat)
		return;
	pthread_mutex_lock(&heartbeat->lock);
	heartbeat->ended = true;
	pthread_cond_signal(&heartbeat->ending);
	pthread_mutex_unlock(&heartbeat->lock);
	pthread_join(heartbeat->thread, NULL);
	heartbeat_free(heartbeat);
}
