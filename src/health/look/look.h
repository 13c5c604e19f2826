/* One part of an installation, looked at by a thread of its own: the replicas, the database, Redis, .. Each is a file
 * of this folder that fills in its part of the scene, and runs the checks of its stage while it has what they need. */
#ifndef HEALTH_LOOK_H
#define HEALTH_LOOK_H

#include "health/identity.h"
#include "health/result.h"
#include "health/run.h"
#include "health/scene.h"

/* What a part has for itself: its thread writes to nothing else, so that one that hangs can be left behind. */
struct look {
	struct scene *scene; /* its own; of it only its part is taken over */
	struct results *results; /* the same with the checks of its stage */
	struct settings *settings; /* for `prepare`; and for the database's thread */
	const struct health_options *options;
	const bool *wanted; /* by index of check: it is to be run */
	int64_t deadline_ms; /* clock_monotonic_ms */
	struct identity *identity; /* shared */
	void *state; /* of `prepare` */
};

struct part {
	const char *what; /* "the database" */
	size_t offset, size; /* in struct scene */
	size_t sight; /* offset of its struct sight */
	enum check_stage stage; /* that it runs; CHECK_AT_END: none */
	/* In the main thread, where settings may be read: where it is. Sets `absent` of its sight if it is nowhere. */
	fallible (*prepare)(struct look *look);
	fallible (*look)(struct look *look);
	void (*release)(struct look *look); /* what `prepare` has left in `state`; NULL: nothing */
};
#define PART_OF_SCENE(member, sight_member)                                                          \
	.offset = offsetof(struct scene, member), .size = sizeof((struct scene *)0)->member,         \
	.sight = offsetof(struct scene, sight_member)

extern const struct part fleet_part, database_part, redis_part, storage_part, vectors_part,
	repository_part, telemetry_part, growth_part;
extern const struct part *const parts[]; /* ends with NULL */

/* Runs the checks of a stage that are wanted, one after the other. `refresh` (may be NULL) is called before each, and
 * its error is what came of it. */
void look_run_checks(struct look *look, struct checking *checking, enum check_stage stage,
		     fallible (*refresh)(struct checking *checking));

/* Whether the check of this code is to be run. */
bool look_wants(const struct look *look, const char *code);

/* Seconds that are left, one at least: for what counts in them. At most --timeout. */
int64_t look_seconds(const struct look *look);

#endif
