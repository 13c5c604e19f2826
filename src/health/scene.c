#include "health/scene.h"

#include <stdlib.h>

static void sight_cleanup(struct sight *sight)
{
	error_free(sight->failure);
}

static void sentinels_cleanup(struct redis_sight *redis)
{
	for (size_t i = 0; i < redis->sentinel_count; i++) {
		free(redis->sentinel_sights[i].address);
		free(redis->sentinel_sights[i].failure);
		free(redis->sentinel_sights[i].refusal);
	}
	free(redis->sentinel_sights);
}

static void unfound_cleanup(struct fleet_sight *fleet)
{
	for (size_t i = 0; i < fleet->unfound_count; i++) {
		free(fleet->unfound[i].place);
		error_free(fleet->unfound[i].failure);
	}
	free(fleet->unfound);
}

void scene_cleanup(struct scene *scene)
{
	struct sight *const sights[] = {&scene->fleet.sight, &scene->database.sight, &scene->redis.sight,
					&scene->storage.sight, &scene->repository.sight,
					&scene->telemetry.sight, &scene->vectors.sight, &scene->growth.sight};
	char *const texts[] = {scene->database.display, scene->database.version, scene->database.recorded,
			       scene->redis.display,	scene->redis.version,	 scene->redis.prefix,
			       scene->storage.display, scene->storage.folder,	 scene->repository.display,
			       scene->vectors.display,	scene->vectors.type};
	for (size_t i = 0; i < COUNT(sights); i++)
		sight_cleanup(sights[i]);
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	uploads_seen_cleanup(&scene->storage.uploads);
	error_free(scene->storage.probe.failure);
	store_facts_cleanup(&scene->storage.facts);
	store_facts_cleanup(&scene->repository.facts);
	strings_cleanup(&scene->telemetry.endpoints);
	strings_cleanup(&scene->telemetry.answers);
	newest_list_cleanup(&scene->repository.newest);
	free(scene->repository.drilled);
	sentinels_cleanup(&scene->redis);
	replicas_cleanup(&scene->fleet.replicas);
	unfound_cleanup(&scene->fleet);
	replica_cleanup(&scene->fleet.front);
	front_sight_cleanup(&scene->fleet.at_front);
	deep_sight_cleanup(&scene->fleet.deep);
	*scene = (struct scene){0};
}

const struct replica *scene_next(const struct scene *scene, size_t *at)
{
	for (; *at < scene->fleet.replicas.count; ++*at)
		if (replica_speaks(&scene->fleet.replicas.items[*at]))
			return &scene->fleet.replicas.items[(*at)++];
	return NULL;
}

size_t scene_speaking(const struct scene *scene)
{
	size_t count = 0;
	for (size_t i = 0; scene_next(scene, &i);)
		count++;
	return count;
}

size_t scene_count(const struct scene *scene, bool (*is)(const struct replica *replica))
{
	const struct replica *replica;
	size_t count = 0;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		count += is(replica);
	return count;
}
