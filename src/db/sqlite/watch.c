/* Some work of SQLite is one step to it, however long (counting the rows of a table, checking its pages), and asks
 * nobody in the middle of it. It sees an interrupt, which has to come from another thread. */
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cancel.h"
#include "db/sqlite/sqlite.h"

/* An interrupt counts only for what is running at that moment. */
#define AGAIN_MS 50

static void *watch_over(void *state)
{
	const struct sqlite_watch *watch = state;
	struct pollfd waits[] = {{.fd = watch->wake, .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
	while (!waits[0].revents) {
		if (cancel_requested()) {
			sqlite3_interrupt(watch->handle);
			poll(waits, 1, AGAIN_MS);
		} else {
			poll(waits, 2, -1);
		}
	}
	return NULL;
}

/* Without a thread it takes longer until a signal is heard, and nothing else. */
void sqlite_watch_begin(struct sqlite_watch *watch, sqlite3 *handle)
{
	watch->handle = handle;
	watch->wake = eventfd(0, EFD_CLOEXEC);
	watch->runs = watch->wake >= 0 && !pthread_create(&watch->thread, NULL, watch_over, watch);
}

void sqlite_watch_cleanup(struct sqlite_watch *watch)
{
	if (watch->runs) {
		eventfd_write(watch->wake, 1);
		pthread_join(watch->thread, NULL);
	}
	if (watch->wake >= 0)
		close(watch->wake);
}
