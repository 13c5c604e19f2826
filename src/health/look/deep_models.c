/* The list of models, by the token that each place gave, and by one of another place. */
#include <string.h>

#include "base/memory.h"
#include "health/look/deep_inner.h"

#define PATH "/api/models"
#define LARGEST_LIST ((size_t)8 << 20) /* pictures of models may be in it */

static void read_ids(struct deep_place *place, const json_t *models)
{
	AUTO(strings) struct strings ids = {0};
	size_t i;
	const json_t *model;
	json_array_foreach(models, i, model) {
		const char *id = json_string_value(json_object_get(model, "id"));
		if (id)
			strings_add(&ids, id);
	}
	strings_sort(&ids);
	place->model_count = ids.count;
	free(place->model_ids);
	place->model_ids = strings_join(&ids, "\n");
}

/* Of a list: whether the token was taken. */
static void take_standing(const struct deep_looking *looking, struct deep_try *one,
			  const struct probe_answer *answer)
{
	json_auto_t *object = answer_object(answer);
	if (json_is_array(json_object_get(object, "data")))
		deep_works(one, answer);
	else
		deep_fails(looking, one,
			   !answer->failure && answer->http.status == 401 ? DEEP_FAILS : DEEP_UNKNOWN, answer);
}

static void take_session(struct deep_looking *looking, size_t at, struct probe_answer *answer)
{
	take_standing(looking, &looking->sight->places[at].session, answer);
}

static void take_own(struct deep_looking *looking, size_t at, struct probe_answer *answer)
{
	struct deep_place *place = &looking->sight->places[at];
	json_auto_t *object = answer_object(answer);
	const json_t *models = json_object_get(object, "data");
	if (json_is_array(models)) {
		deep_works(&place->models, answer);
		read_ids(place, models);
	} else {
		deep_fails(looking, &place->models, DEEP_FAILS, answer);
	}
}

static void ask(struct deep_looking *looking, size_t at, const char *token, deep_take *take)
{
	deep_put(looking, at, PATH, token, NULL, (struct probe_request){.answer_limit = LARGEST_LIST}, take);
}

static void ask_all_places(struct deep_looking *looking)
{
	const struct deep_sight *sight = looking->sight;
	const char *lent = sight->session_of < sight->count ? looking->tokens[sight->session_of]
							    : looking->options->account->token;
	for (size_t i = 0; i < sight->count; i++) {
		if (!looking->tokens[i])
			continue;
		ask(looking, i, looking->tokens[i], take_own);
		if (i < deep_replicas(looking))
			ask(looking, i, lent, take_session);
	}
}

fallible deep_models(struct deep_looking *looking)
{
	return deep_run(looking, ask_all_places);
}
