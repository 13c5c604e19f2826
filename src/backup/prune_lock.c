#include "backup/prune_lock.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"

#define LOCK_OBJECT PRUNE_PREFIX "lock"
#define LOCK_LIMIT 4096

/* ---- who ---- */

struct holder {
	json_t *said; /* what `id`, `host`, `place` and `since` are in */
	const char *id, *host, *place, *since;
	int pid;
};
static void holder_cleanup(struct holder *holder)
{
	json_decref(holder->said);
}

/* Where a pid means a process: this start of this machine, and in it this container. */
static char *place_of_pids(void)
{
	AUTO(str) struct str boot = {0};
	char space[64] = "";
	error_ignore(file_read("/proc/sys/kernel/random/boot_id", LOCK_LIMIT, &boot));
	ssize_t size = readlink("/proc/self/ns/pid", space, sizeof space - 1);
	if (!boot.size || size <= 0)
		return text_copy("");
	return text_format("%.*s %s", (int)strcspn(str_text(&boot), "\n"), str_text(&boot), space);
}

static char *describe_self(const char *id)
{
	char host[256] = "", since[CLOCK_TEXT_SIZE];
	AUTO(memory) char *place = place_of_pids();
	AUTO(str) struct str text = {0}, safe_host = {0};
	gethostname(host, sizeof host - 1);
	utf8_add_safe(&safe_host, host, strlen(host));
	clock_format(clock_now(), since);
	AUTO(json) json_t *json = json_pack("{s:s, s:s, s:i, s:s, s:s}", "id", id, "host", str_text(&safe_host),
					    "pid", (int)getpid(), "place", place, "since", since);
	json_add_line(&text, json);
	return str_take(&text);
}

/* Nobody where it is not there any more, or says nothing that makes sense. */
static fallible read_holder(struct store *store, struct holder *holder)
{
	AUTO(str) struct str text = {0};
	struct error *error = store_read(store, LOCK_OBJECT, LOCK_LIMIT, &text);
	if (error && error->code != ERR_INPUT)
		return error;
	error_ignore(error);
	holder->said = json_loadb(str_text(&text), text.size, JSON_REJECT_DUPLICATES, NULL);
	if (json_unpack(holder->said, "{s:s, s:s, s:i, s:s, s:s}", "id", &holder->id, "host", &holder->host, "pid",
			&holder->pid, "place", &holder->place, "since", &holder->since)) {
		json_decref(holder->said);
		*holder = (struct holder){0};
	}
	return NULL;
}

static bool is_gone(const struct holder *holder)
{
	AUTO(memory) char *place = place_of_pids();
	return holder->id && *place && !strcmp(place, holder->place) && holder->pid > 0 &&
	       kill(holder->pid, 0) && errno == ESRCH;
}

static fallible busy(struct store *store, const struct holder *holder)
{
	if (!holder->id)
		return error_hint(error_new(ERR_BUSY, "another prune of %s is under way", store_display(store)),
				  "wait until it has ended");
	return error_hint(error_new(ERR_BUSY, "another prune of %s is under way: on %s, process %d, since %s",
				    store_display(store), holder->host, holder->pid, holder->since),
			  "wait until it has ended; one that was killed on another machine counts no more after an "
			  "hour");
}

/* ---- taking it ---- */

static fallible is_silent(struct store *store, bool *silent)
{
	struct store_object object;
	bool found;
	int64_t now;
	TRY(store_time(store, PRUNE_SCRATCH, &now));
	TRY(store_look(store, LOCK_OBJECT, &found, &object));
	*silent = found && object.modified < now - HEARTBEAT_DEAD_S * NS_A_SECOND;
	return NULL;
}

/* Takes away what a prune left that is dead. */
static fallible remove_dead(struct store *store)
{
	AUTO(holder) struct holder holder = {0};
	bool silent;
	TRY(read_holder(store, &holder));
	TRY(is_silent(store, &silent));
	if (!silent && !is_gone(&holder))
		return busy(store, &holder);
	log_note("going on after a prune that was cut off%s%s", holder.id ? ", begun " : "",
		 holder.id ? holder.since : "");
	return store_delete(store, LOCK_OBJECT);
}

static fallible put(struct store *store, const char *text, bool *taken)
{
	struct error *error = store_put(store, LOCK_OBJECT, text, strlen(text), STORE_NEW);
	*taken = error && error->code == ERR_NO;
	if (!*taken)
		return error;
	error_ignore(error);
	return NULL;
}

fallible prune_lock_take(const struct repository *repository, struct prune_lock *lock)
{
	AUTO(prune_lock) struct prune_lock taking = {0};
	struct store *store = repository->store;
	bool taken;
	place_new_pack(taking.id);
	AUTO(memory) char *text = describe_self(taking.id);
	if (!store_can(store, STORE_CAN_CREATE))
		log_detail("%s can't tell two prunes at once apart for sure; they would do the same work twice",
			   store_display(store));
	TRY(put(store, text, &taken));
	if (taken) {
		TRY(remove_dead(store));
		TRY(put(store, text, &taken));
	}
	if (taken) {
		AUTO(holder) struct holder holder = {0};
		TRY(read_holder(store, &holder));
		return busy(store, &holder);
	}
	taking.store = store;
	TRY(prune_lock_check(&taking));
	TRY(heartbeat_begin(store, LOCK_OBJECT, text, HEARTBEAT_EVERY_MS, &taking.heartbeat));
	*lock = taking;
	taking = (struct prune_lock){0};
	return NULL;
}

fallible prune_lock_check(const struct prune_lock *lock)
{
	AUTO(holder) struct holder holder = {0};
	TRY(read_holder(lock->store, &holder));
	return text_equal(holder.id, lock->id) ? NULL : busy(lock->store, &holder);
}

void prune_lock_cleanup(struct prune_lock *lock)
{
	heartbeat_end(lock->heartbeat);
	if (lock->store) {
		struct error *error = prune_lock_check(lock);
		error_ignore(error ? error : store_delete(lock->store, LOCK_OBJECT));
	}
	*lock = (struct prune_lock){0};
}
