#include "health/report/sights.h"

#include "base/memory.h"

static void set(struct spot_state *state, enum mark mark, char *what)
{
	state->mark = mark;
	state->what = what;
}

static void set_broken(struct spot_state *state, const char *what, const struct error *failure)
{
	set(state, MARK_UNKNOWN, text_copy(what));
	state->broken = true;
	state->why = failure ? error_text(failure) : NULL;
}

/* Whether there is more to say than this: it is not there, or was not reached. */
static bool was_seen(const struct sight *sight, const char *absent, const char *where, struct spot_state *state)
{
	if (sight->absent) {
		set(state, MARK_ABSENT, text_copy(absent));
		return false;
	}
	state->where = text_copy(where);
	if (!sight->seen)
		set_broken(state, "not reached", sight->failure);
	return sight->seen;
}

void sight_of_replica(const struct replica *replica, struct spot_state *state)
{
	const struct probe_answer *answer = &replica->answers[ASK_VERSION];
	if (replica_speaks(replica))
		set(state, MARK_GOOD, text_format("Open WebUI %s", replica->release));
	else if (!*replica->url)
		set_broken(state, "does not run", NULL);
	else if (replica_answered(replica, ASK_VERSION))
		set(state, MARK_UNKNOWN, text_copy("not an Open WebUI"));
	else
		set_broken(state, "no answer", answer->failure);
}

static void see_balancer(const struct scene *scene, struct spot_state *state)
{
	const struct fleet_sight *fleet = &scene->fleet;
	if (!fleet->front.url) {
		set(state, MARK_ABSENT, text_copy(fleet->at_front.looked ? "none before the only replica"
									 : "WEBUI_URL is not set"));
		return;
	}
	sight_of_replica(&fleet->front, state);
	state->where = text_copy(fleet->front.name);
}

static void see_replicas(const struct scene *scene, struct spot_state *state)
{
	size_t all = scene->fleet.replicas.count, speaking = scene_speaking(scene);
	if (scene->fleet.sight.failure || !all)
		set_broken(state, all ? "not all were found" : "none was found", scene->fleet.sight.failure);
	else if (speaking == all)
		set(state, MARK_GOOD, text_format(all == 1 ? "%zu replica answers" : "all %zu answer", all));
	else
		set(state, MARK_GOOD, text_format("%zu of %zu answer", speaking, all));
}

static void see_database(const struct scene *scene, struct spot_state *state)
{
	const struct database_sight *database = &scene->database;
	if (was_seen(&database->sight, "none is set", database->display, state))
		set(state, MARK_GOOD,
		    text_format("%s %s", database->server ? "PostgreSQL" : "SQLite", database->version));
}

static void see_redis(const struct scene *scene, struct spot_state *state)
{
	const struct redis_sight *redis = &scene->redis;
	if (was_seen(&redis->sight, "none is set", redis->display, state))
		set(state, MARK_GOOD, text_format("Redis%s%s", redis->version ? " " : "",
						  redis->version ? redis->version : ""));
}

static void see_uploads(const struct scene *scene, struct spot_state *state)
{
	const struct storage_sight *storage = &scene->storage;
	if (was_seen(&storage->sight, "not known from here", storage->display, state))
		set(state, MARK_GOOD, text_copy(storage->local ? "a folder" : "object storage"));
}

static void see_vectors(const struct scene *scene, struct spot_state *state)
{
	const struct vectors_sight *vectors = &scene->vectors;
	if (was_seen(&vectors->sight, "not in PostgreSQL", vectors->display, state))
		set(state, MARK_GOOD, text_copy(vectors->type ? vectors->type : "pgvector"));
}

static void see_repository(const struct scene *scene, struct spot_state *state)
{
	const struct repository_sight *repository = &scene->repository;
	if (!was_seen(&repository->sight, "no repository is set", repository->display, state))
		return;
	int64_t newest = 0;
	for (size_t i = 0; i < repository->newest.count; i++)
		if (*repository->newest.items[i].snapshot && repository->newest.items[i].time > newest)
			newest = repository->newest.items[i].time;
	AUTO(memory) char *age = newest ? freshness_age_text(freshness_age(newest, scene->now)) : NULL;
	set(state, MARK_GOOD, age ? text_format("newest is %s old", age) : text_copy("no snapshot yet"));
}

static void see_telemetry(const struct scene *scene, struct spot_state *state)
{
	const struct telemetry_sight *telemetry = &scene->telemetry;
	AUTO(memory) char *where = strings_join(&telemetry->endpoints, ", ");
	if (was_seen(&telemetry->sight, "none is sent", where, state))
		set(state, MARK_GOOD, text_copy("is sent"));
}

void sight_of_part(const struct scene *scene, enum spot spot, struct spot_state *state)
{
	static void (*const see[SPOTS])(const struct scene *scene, struct spot_state *state) = {
		[SPOT_BALANCER] = see_balancer,	    [SPOT_REPLICAS] = see_replicas, [SPOT_DATABASE] = see_database,
		[SPOT_REDIS] = see_redis,	    [SPOT_UPLOADS] = see_uploads,   [SPOT_VECTORS] = see_vectors,
		[SPOT_REPOSITORY] = see_repository, [SPOT_TELEMETRY] = see_telemetry,
	};
	see[spot](scene, state);
}
