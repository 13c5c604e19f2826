#include "backup/running.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

/* Two objects a backup: one that is written once, whose time is that of the beginning, and one that is written again
 * and again. */
#define RUNNING_PREFIX "running/"
#define BEGUN ".begun"
#define ALIVE ".alive"
#define BYTES "\n" /* their times alone matter */

/* ---- of a backup ---- */

fallible running_begin(const struct repository *repository, struct running *running)
{
	char id[PACK_ID_SIZE];
	place_new_pack(id);
	AUTO(memory) char *object = text_format(RUNNING_PREFIX "%s" BEGUN, id);
	*running = (struct running){.repository = repository};
	running->alive = text_format(RUNNING_PREFIX "%s" ALIVE, id);
	TRY(store_put(repository->store, object, BYTES, strlen(BYTES), STORE_NEW));
	running->begun = text_copy(object);
	return heartbeat_begin(repository->store, running->alive, BYTES, HEARTBEAT_EVERY_MS, &running->heartbeat);
}

fallible running_check(const struct running *running)
{
	bool found;
	TRY(store_look(running->repository->store, running->begun, &found, NULL));
	if (found)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "a prune took this backup for dead, as nothing was heard of it"),
			  "make another one, with nothing that keeps it standing still; a longer --grace of `owctl "
			  "backup prune` gives it more time");
}

/* What can't be removed is taken for dead in time. */
void running_cleanup(struct running *running)
{
	heartbeat_end(running->heartbeat);
	if (running->begun) {
		error_ignore(store_delete(running->repository->store, running->alive));
		error_ignore(store_delete(running->repository->store, running->begun));
	}
	free(running->begun);
	free(running->alive);
	*running = (struct running){0};
}

/* ---- of a prune ---- */

void running_backups_cleanup(struct running_backups *backups)
{
	strings_cleanup(&backups->dead);
}

/* In order of names ".alive" comes before ".begun". */
struct looking {
	struct running_backups *backups;
	int64_t heard_at_least; /* who was not heard of since then is dead */
	struct str alive;       /* the last one of these, */
	int64_t heard;          /* and its time */
};

static fallible take_alive(struct looking *looking, const struct store_object *object)
{
	str_clear(&looking->alive);
	str_add(&looking->alive, object->name);
	looking->heard = object->modified;
	if (object->modified < looking->heard_at_least)
		strings_add(&looking->backups->dead, object->name);
	return NULL;
}

static fallible take_begun(struct looking *looking, const struct store_object *object)
{
	struct running_backups *backups = looking->backups;
	AUTO(memory) char *alive =
		text_format("%.*s" ALIVE, (int)(strlen(object->name) - strlen(BEGUN)), object->name);
	bool has_beaten = !strcmp(str_text(&looking->alive), alive);
	int64_t heard = has_beaten && looking->heard > object->modified ? looking->heard : object->modified;
	if (heard < looking->heard_at_least) {
		strings_add(&backups->dead, object->name);
		return NULL;
	}
	backups->alive++;
	backups->oldest = object->modified < backups->oldest ? object->modified : backups->oldest;
	return NULL;
}

static fallible take(void *state, const struct store_object *object)
{
	if (text_ends(object->name, ALIVE))
		return take_alive(state, object);
	return text_ends(object->name, BEGUN) ? take_begun(state, object) : NULL;
}

fallible running_look(const struct repository *repository, int64_t now, int64_t dead_after_s,
		      struct running_backups *backups)
{
	struct looking looking = {.backups = backups, .heard_at_least = now - dead_after_s * NS_A_SECOND};
	backups->oldest = INT64_MAX;
	struct error *error = store_list(repository->store, RUNNING_PREFIX, take, &looking);
	str_cleanup(&looking.alive);
	return error;
}
