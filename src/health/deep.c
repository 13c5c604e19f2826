#include "health/deep.h"

#include <stdlib.h>

#include "base/attributes.h"
#include "health/result.h"
#include "health/scene.h"

static void place_cleanup(struct deep_place *place)
{
	const struct deep_try *const tries[] = {&place->sign_in, &place->session, &place->models,
						&place->file,	 &place->socket,  &place->completion};
	for (size_t i = 0; i < COUNT(tries); i++)
		free(tries[i]->why);
	free(place->model_ids);
}

void deep_sight_cleanup(struct deep_sight *sight)
{
	for (size_t i = 0; sight->places && i < sight->count; i++)
		place_cleanup(&sight->places[i]);
	free(sight->places);
	free(sight->model);
	free(sight->upload.why);
	free(sight->left);
	free(sight->heard);
	free(sight->silence.why);
	*sight = (struct deep_sight){0};
}

fallible deep_not_tried(struct checking *checking, const char *otherwise)
{
	if (checking->scene->fleet.deep.out_of_time)
		return error_hint(error_new(ERR_UNREACHABLE, "there was no time left to try it"),
				  "give it more by --deadline");
	result_skip(checking->result, otherwise);
	return NULL;
}

fallible deep_tell_unknown(const struct checking *checking, size_t offset, size_t out)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	for (size_t i = 0; fleet->deep.places && i < fleet->replicas.count; i++) {
		const struct deep_try *one = (const void *)((const char *)&fleet->deep.places[i] + offset);
		if (i != out && one->standing == DEEP_UNKNOWN)
			return error_new(ERR_UNREACHABLE, "%s: %s", fleet->replicas.items[i].name, one->why);
	}
	return NULL;
}

int64_t deep_slowest_us(const struct deep_sight *sight, size_t offset)
{
	int64_t slowest = 0;
	for (size_t i = 0; sight->places && i < sight->count; i++) {
		const struct deep_try *one = (const void *)((const char *)&sight->places[i] + offset);
		if (one->standing == DEEP_WORKS && one->us > slowest)
			slowest = one->us;
	}
	return slowest;
}
