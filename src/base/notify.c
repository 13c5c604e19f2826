#include "base/notify.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"

#define STATUS_EVERY_MS 1000
#define LONGEST 1000 /* bytes of a status */
#define PATIENCE_S 1 /* with a manager that takes no more */

static int line = -1; /* connected, or -1: nobody wants to know */
static int64_t watchdog_ms; /* between two signs of life; 0: none are wanted */
static _Atomic int64_t next_status, next_alive; /* ms, as clock_monotonic_ms */

/* A path, or "@" and an abstract name, which has no NUL at its end. */
static void open_line(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	size_t size = strlen(name);
	if ((*name != '/' && *name != '@') || size < 2 || size >= sizeof address.sun_path)
		return;
	memcpy(address.sun_path, name, size);
	if (*name == '@')
		address.sun_path[0] = '\0';
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
	line = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (line < 0)
		return;
	setsockopt(line, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (connect(line, (const struct sockaddr *)&address, length)) {
		close(line);
		line = -1;
	}
}

/* Half of what the manager waits for, as sd_watchdog_enabled(3) recommends. */
static int64_t read_watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID"), *usec = getenv("WATCHDOG_USEC");
	uint64_t whom, every;
	if (pid && (!number_parse(&pid, '\0', &whom) || whom != (uint64_t)getpid()))
		return 0;
	if (!usec || !number_parse(&usec, '\0', &every) || every > INT64_MAX)
		return 0;
	return every < 2000 ? (int64_t)!!every : (int64_t)(every / 2000);
}

void notify_begin(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	if (name)
		open_line(name);
	watchdog_ms = line < 0 ? 0 : read_watchdog();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static void tell(const char *text, int flags)
{
	ssize_t ignored = send(line, text, strlen(text), MSG_NOSIGNAL | flags);
	(void)ignored;
}

static void tell_with_status(const char *state, const char *status, int flags)
{
	if (line < 0)
		return;
	AUTO(memory) char *safe = utf8_safe_copy(status);
	AUTO(memory) char *text = text_format("%sSTATUS=%.*s", state, (int)utf8_cut(safe, LONGEST), safe);
	tell(text, flags);
}

void notify_ready(const char *doing)
{
	tell_with_status("READY=1\n", doing, 0);
}

void notify_status(const char *text)
{
	tell_with_status("", text, MSG_DONTWAIT);
}

void notify_end(const char *how)
{
	tell_with_status("STOPPING=1\n", how, 0);
}

/* Of several threads that come at once, one has its turn. */
static bool take_turn(_Atomic int64_t *next, int64_t every_ms)
{
	int64_t now = clock_monotonic_ms(), due = atomic_load(next);
	return now >= due && atomic_compare_exchange_strong(next, &due, now + every_ms);
}

bool notify_wants_status(void)
{
	return line >= 0 && take_turn(&next_status, STATUS_EVERY_MS);
}

void notify_alive(void)
{
	if (watchdog_ms && take_turn(&next_alive, watchdog_ms))
		tell("WATCHDOG=1", MSG_DONTWAIT);
}
