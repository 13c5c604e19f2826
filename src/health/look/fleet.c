/* The replicas, and the load balancer before them: all are asked the same questions. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "health/discover.h"
#include "health/look/ask.h"
#include "health/look/deep.h"
#include "health/look/front.h"

/* Where the image's server listens, and PORT is not set. */
#define DEFAULT_PORT "8080"

struct fleet_place {
	struct strings places;
	char *front;  /* WEBUI_URL, or NULL */
	char *origin;
	char *key; /* WEBUI_SECRET_KEY, or NULL */
	struct health_account account; /* with --deep */
};

static void release(struct look *look)
{
	struct fleet_place *place = look->state;
	strings_cleanup(&place->places);
	free(place->front);
	free(place->origin);
	secret_free(place->key);
	health_account_cleanup(&place->account);
	free(place);
}

static fallible read_places(struct look *look, struct fleet_place *place)
{
	const char *listed = NULL, *port = NULL;
	TRY(settings_get(look->settings, "OWCTL_REPLICAS", &listed));
	TRY(settings_get(look->settings, "PORT", &port));
	for (size_t i = 0; i < look->options->replicas.count; i++)
		strings_add(&place->places, look->options->replicas.items[i]);
	if (!place->places.count && listed)
		strings_split(&place->places, listed, ',');
	look->scene->fleet.guessed = !place->places.count;
	if (!place->places.count)
		strings_add_taken(&place->places, place->front ? text_copy(place->front)
							       : text_format("http://127.0.0.1:%s",
									     port ? port : DEFAULT_PORT));
	for (size_t i = 0; i < place->places.count; i++)
		TRY(discover_check(place->places.items[i]));
	return NULL;
}

static fallible prepare_deep(struct look *look, struct fleet_place *place)
{
	struct deep_sight *deep = &look->scene->fleet.deep;
	TRY(health_account_read(look->settings, &place->account));
	deep->asked = true;
	deep->signs_in = place->account.email != NULL;
	deep->writes = !look->options->read_only;
	deep->model = text_copy(look->options->model);
	return NULL;
}

static fallible prepare(struct look *look)
{
	struct fleet_place *place = look->state = mem_new(1, sizeof *place);
	const char *front = NULL, *key = NULL;
	TRY(settings_get(look->settings, "WEBUI_URL", &front));
	TRY(settings_get(look->settings, "WEBUI_SECRET_KEY", &key));
	place->front = front && *front ? text_copy(front) : NULL;
	place->origin = place->front ? http_origin(place->front) : NULL;
	place->key = text_copy(key);
	if (look->options->deep)
		TRY(prepare_deep(look, place));
	return read_places(look, place);
}

/* Of the time that is left each place may have a share, and asking the replicas another one. */
static struct discover_options options_for(const struct look *look, size_t places_left)
{
	int64_t now = clock_monotonic_ms(), left = look->deadline_ms - now;
	return (struct discover_options){.timeout_ms = look_seconds(look) * 1000,
					 .deadline_ms = now + left / (int64_t)(places_left + 1)};
}

/* A place that can't be asked keeps nobody from looking at what the others have. */
static fallible find(struct look *look, const struct fleet_place *place)
{
	struct fleet_sight *fleet = &look->scene->fleet;
	fleet->unfound = mem_new(place->places.count, sizeof *fleet->unfound);
	for (size_t i = 0; i < place->places.count; i++) {
		const struct discover_options options = options_for(look, place->places.count - i);
		size_t before = fleet->replicas.count + fleet->replicas.left_out;
		struct error *failure = discover(place->places.items[i], &options, &fleet->replicas);
		if (failure && failure->code == ERR_INTERRUPTED)
			return failure;
		if (failure || fleet->replicas.count + fleet->replicas.left_out == before)
			fleet->unfound[fleet->unfound_count++] =
				(struct unfound){.place = text_copy(place->places.items[i]), .failure = failure};
	}
	return NULL;
}

/* What answers at WEBUI_URL is looked at beside the replicas, unless it is taken for the only one. */
static void find_front(struct fleet_sight *fleet, const struct fleet_place *place)
{
	AUTO(replicas) struct replicas one = {0};
	if (!place->front || fleet->guessed)
		return;
	fleet->front = *replicas_add(&one, NULL, place->front, NULL, "WEBUI_URL");
	one.count = 0;
}

/* Half of the time where --deep follows, so that whoever hangs leaves it some. */
static int64_t deadline_of(const struct look *look)
{
	int64_t now = clock_monotonic_ms(), left = look->deadline_ms - now;
	return look->scene->fleet.deep.asked ? now + left / 2 : look->deadline_ms;
}

static fallible look(struct look *look)
{
	const struct fleet_place *place = look->state;
	struct fleet_sight *fleet = &look->scene->fleet;
	struct error *error = find(look, place);
	find_front(fleet, place);
	size_t count = 0;
	struct replica **all = mem_new(fleet->replicas.count + 1, sizeof(struct replica *));
	for (; count < fleet->replicas.count; count++)
		all[count] = &fleet->replicas.items[count];
	if (fleet->front.url)
		all[count++] = &fleet->front;
	struct front_looking *front = place->front ? front_look_new(look, place->front, place->origin) : NULL;
	const struct ask_options options = {.origin = place->origin,
					    .key = place->key,
					    .deadline_ms = deadline_of(look),
					    .begin = front ? front_look_begin : NULL,
					    .answered = front ? front_look_answered : NULL,
					    .state = front};
	struct error *asked = ask_all(look, &options, all, count);
	if (front)
		front_look_end(front);
	front_look_free(front);
	free(all);
	if (!asked && fleet->deep.asked)
		asked = deep_look(look, &(struct deep_options){.account = &place->account, .origin = place->origin});
	return error_first(error, asked);
}

const struct part fleet_part = {.what = "finding and asking the replicas",
				PART_OF_SCENE(fleet, fleet.sight),
				.prepare = prepare,
				.look = look,
				.release = release};
