#include "health/front.h"

#include <stdlib.h>

#include "base/str.h"
#include "health/scene.h"

void front_sight_cleanup(struct front_sight *sight)
{
	strings_cleanup(&sight->addresses);
	for (size_t i = 0; i < FRONT_QUESTIONS; i++) {
		struct front_answers *answers = &sight->answers[i];
		for (size_t j = 0; j < answers->count; j++)
			probe_answer_cleanup(&answers->items[j]);
		free(answers->items);
	}
	*sight = (struct front_sight){0};
}

const struct replica *front_of(const struct scene *scene)
{
	const struct fleet_sight *fleet = &scene->fleet;
	if (!fleet->at_front.looked)
		return NULL;
	return fleet->front.url ? &fleet->front : fleet->replicas.count ? &fleet->replicas.items[0] : NULL;
}

const struct probe_answer *front_answer(const struct scene *scene, enum front_question question)
{
	const struct front_answers *answers = &scene->fleet.at_front.answers[question];
	return answers->count && front_asked(&answers->items[0]) ? &answers->items[0] : NULL;
}

bool front_limits(const struct probe_answer *answer)
{
	const char *server = answer->failure ? NULL : http_header(&answer->http, "Server");
	return server && answer->http.status == 503 && text_starts(server, "nginx");
}
