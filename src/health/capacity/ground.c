#include "health/capacity/ground.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/address.h"
#include "health/capacity/process.h"
#include "health/capacity/sums.h"
#include "health/environment.h"
#include "settings/settings.h"

/* ---- replicas ---- */

/* What the server says that it took, or else what it took to get the answer. Releases before 0.12 tell whole seconds,
 * which say nothing. */
static int64_t time_of(const struct probe_answer *answer)
{
	const char *told = http_header(&answer->http, "X-Process-Time");
	double seconds = told && strchr(told, '.') ? strtod(told, NULL) : -1;
	if (seconds > 0 && seconds < 3600)
		return (int64_t)(seconds * 1e6);
	return answer->first_byte_us > answer->connect_us ? answer->first_byte_us - answer->connect_us : -1;
}

/* The quickest of those for which it asks its database: they were asked all at once, and had each other wait. */
static int64_t quickest_of(const struct replica *replica)
{
	static const enum question questions[] = {ASK_READY, ASK_DATABASE, ASK_CONFIG};
	int64_t best = -1;
	for (size_t i = 0; i < COUNT(questions); i++) {
		const struct probe_answer *answer = &replica->answers[questions[i]];
		bool well = replica_answered(replica, questions[i]) && answer->http.status == 200;
		int64_t took = well ? time_of(answer) : -1;
		best = took >= 0 && (best < 0 || took < best) ? took : best;
	}
	return best;
}

static int by_size(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
	return one < other ? -1 : one > other;
}

static int64_t middle_of_times(const struct scene *scene)
{
	size_t count = 0;
	AUTO(memory) int64_t *times = mem_new(scene->fleet.replicas.count + 1, sizeof *times);
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(scene, &i));) {
		int64_t took = quickest_of(replica);
		if (took >= 0)
			times[count++] = took;
	}
	qsort(times, count, sizeof *times, by_size);
	return count ? times[count / 2] : -1;
}

static int64_t least_limit(const struct scene *scene)
{
	const struct replica *replica;
	int64_t least = -1;
	for (size_t i = 0; (replica = scene_next(scene, &i));) {
		int64_t limit = replica->orchestrated.known ? replica->orchestrated.memory_limit : -1;
		if (limit > 0 && (least < 0 || limit < least))
			least = limit;
	}
	return least;
}

/* The first one that runs on this machine stands for all. */
static void look_at_process(const struct scene *scene, struct capacity_ground *ground)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(scene, &i));) {
		const char *where = replica->address ? replica->address : replica->url;
		const char *colon = strrchr(where, ':');
		int64_t port = colon ? strtoll(colon + 1, NULL, 10) : 0;
		struct server_seen seen;
		if (port < 1 || port > 65535 || !address_is_own(where) || !server_find(port, &seen))
			continue;
		ground->resident = seen.resident;
		ground->files_most = seen.files_most;
		return;
	}
}

/* ---- database, disk, vectors ---- */

static void look_at_database(const struct scene *scene, struct capacity_ground *ground)
{
	const struct database_sight *database = &scene->database;
	const struct storage_sight *storage = &scene->storage;
	/* A server that was not reached is one all the same. */
	bool named = database->display && text_starts(database->display, "PostgreSQL");
	ground->server = database->sight.seen ? database->server : named;
	if (database->sight.seen) {
		ground->round_trip_us = database->round_trip_us;
		ground->connections_most = database->connections_most;
		ground->connections_reserved = database->connections_reserved;
	}
	if (storage->disk.f_blocks)
		ground->disk_free = (int64_t)storage->disk.f_bavail * (int64_t)storage->disk.f_frsize;
	ground->disk_has_uploads = storage->local;
	ground->disk_has_database = database->sight.seen && !database->server && storage->folder &&
				    strstr(database->display, storage->folder);
}

static void look_at_vectors(const struct scene *scene, struct capacity_ground *ground)
{
	static const struct {
		const char *type;
		int64_t size;
	} types[] = {{"vector(", 4}, {"halfvec(", 2}};
	const struct vectors_sight *vectors = &scene->vectors;
	ground->vectors_in_database = !vectors->sight.absent && text_equal(vectors->display, scene->database.display);
	for (size_t i = 0; i < COUNT(types) && vectors->type && vectors->rows >= 0; i++) {
		if (!text_starts(vectors->type, types[i].type))
			continue;
		ground->vectors = vectors->rows;
		int64_t numbers = sum_most(0, strtoll(vectors->type + strlen(types[i].type), NULL, 10));
		/* As pgvector keeps them: the numbers, and eight bytes more. */
		ground->vector_bytes = sum_plus(sum_times(numbers, types[i].size), 8);
		ground->vectors_indexed = vectors->indexes > 0;
	}
}

fallible capacity_look(const struct scene *scene, struct settings *settings, int64_t people, int64_t concurrency,
		       struct capacity_ground *ground)
{
	const struct checking checking = {.scene = scene, .settings = settings};
	bool known;
	size_t speaking = scene_speaking(scene);
	*ground = (struct capacity_ground){
		.people = people,
		.concurrency = concurrency ? concurrency : CAPACITY_USUAL_CONCURRENCY,
		.concurrency_assumed = !concurrency,
		.replicas = speaking ? (int64_t)speaking : -1,
		.request_us = middle_of_times(scene),
		.memory_limit = least_limit(scene),
		.resident = -1,
		.files_most = -1,
		.connections_most = -1,
		.connections_reserved = -1,
		.round_trip_us = -1,
		.redis_absent = scene->redis.sight.absent,
		.redis_clients_most = scene->redis.sight.seen ? scene->redis.clients_most : -1,
		.growth = &scene->growth,
		.disk_free = -1,
		.vectors = -1,
	};
	TRY(pools_read(&checking, &ground->pools));
	TRY(environment_number(&checking, "THREAD_POOL_SIZE", -1, &known, &ground->threads));
	look_at_process(scene, ground);
	look_at_database(scene, ground);
	look_at_vectors(scene, ground);
	return NULL;
}
