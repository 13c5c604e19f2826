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

void scene_cleanup(struct scene *scene)
{
	struct sight *const sights[] = {&scene->fleet.sight, &scene->database.sight, &scene->redis.sight,
					&scene->storage, &scene->repository};
	char *const texts[] = {scene->database.display, scene->database.version, scene->database.recorded,
			       scene->redis.display,	scene->redis.version,	 scene->redis.prefix,
			       scene->storage_display,	scene->repository_display};
	for (size_t i = 0; i < COUNT(sights); i++)
		sight_cleanup(sights[i]);
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	sentinels_cleanup(&scene->redis);
	replicas_cleanup(&scene->fleet.replicas);
	replica_cleanup(&scene->fleet.front);
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
