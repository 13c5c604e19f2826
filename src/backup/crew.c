#include "backup/crew.h"

#include <pthread.h>
#include <stdatomic.h>

#include "backup/beside.h"
#include "base/memory.h"

struct shift {
	const struct crew *crew;
	size_t count;
	fallible (*work)(struct db *db, size_t index, void *state);
	void *state;
	atomic_size_t next;
	atomic_bool failed;
};

struct member {
	struct shift *shift;
	struct db *db;
	struct error *error;
	pthread_t thread;
};

static fallible one(const struct shift *shift, struct db *db, size_t index)
{
	TRY(beside_begin(db, shift->crew->schema));
	TRY(shift->work(db, index, shift->state));
	return db_commit(db);
}

static void *run_member(void *argument)
{
	struct member *member = argument;
	struct shift *shift = member->shift;
	while (!member->error && !atomic_load(&shift->failed)) {
		size_t index = atomic_fetch_add(&shift->next, 1);
		if (index >= shift->count)
			break;
		member->error = one(shift, member->db, index);
	}
	if (member->error)
		atomic_store(&shift->failed, true);
	return NULL;
}

/* A thread that can't be started only makes it slower. */
fallible crew_each(const struct crew *crew, size_t count, fallible (*work)(struct db *db, size_t index, void *state),
		   void *state)
{
	struct shift shift = {.crew = crew, .count = count, .work = work, .state = state};
	AUTO(memory) struct member *members = mem_new(crew->count, sizeof *members);
	size_t started = 0;
	for (; started < crew->count; started++)
		members[started] = (struct member){.shift = &shift, .db = crew->connections[started]};
	size_t running = 1;
	while (running < crew->count && running < count &&
	       !pthread_create(&members[running].thread, NULL, run_member, &members[running]))
		running++;
	run_member(&members[0]);
	struct error *error = members[0].error;
	for (size_t i = 1; i < running; i++) {
		pthread_join(members[i].thread, NULL);
		if (error)
			error_ignore(members[i].error);
		else
			error = members[i].error;
	}
	return error;
}
