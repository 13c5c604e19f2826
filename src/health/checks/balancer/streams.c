/* Whether answers come piece by piece through the load balancer: by an answer of a model, with and without it. */
#include "health/result.h"
#include "health/scene.h"

#define LEAST_US 400000 /* a stream that is shorter comes at once either way */
#define SHARE 5		/* of its time directly, in which all of it comes here */

static const struct deep_place *find_direct(const struct fleet_sight *fleet)
{
	for (size_t i = 0; i < fleet->replicas.count; i++)
		if (fleet->deep.places[i].completion.standing == DEEP_WORKS)
			return &fleet->deep.places[i];
	return NULL;
}

static fallible look_for_buffer(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_sight *deep = &fleet->deep;
	const struct deep_place *direct = deep->places ? find_direct(fleet) : NULL;
	const struct deep_place *front = direct ? &deep->places[fleet->replicas.count] : NULL;
	if (!direct || front->completion.standing != DEEP_WORKS)
		result_skip(checking->result, deep->model ? "the model did not answer both "
							    "ways" : "no --model was named");
	else if (direct->spread_us < LEAST_US)
		result_skip(checking->result, "the model answers too fast to tell");
	else if (front->spread_us * SHARE < direct->spread_us)
		checking_found(checking, fleet->front.name,
			       "gives an answer all at once after %.1f s, of which a replica gives the first piece "
			       "after %.1f s, and the last %.1f s later",
			       (double)front->first_us / 1e6, (double)direct->first_us / 1e6,
			       (double)direct->spread_us / 1e6);
	return NULL;
}

HEALTH_CHECK(buffer) = {
	.code = "OW730",
	.name = "streams-unbuffered",
	.title = "answers of models come piece by piece through the load balancer",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_BALANCER | NEEDS_REPLICAS | NEEDS_ACCOUNT,
	.why = "A proxy that collects an answer before it passes it on makes people, and programs that use the API, "
	       "wait for all of it, and cuts off what is longer than its time-out. With --deep --model NAME one "
	       "answer is asked of a replica, and one by way of WEBUI_URL.",
	.remedy = "have it pass on what comes at once (nginx: proxy_buffering off, or gzip_types without "
		  "text/event-stream and *; HAProxy: no http-response wait-for-body)",
	.page = "https://docs.openwebui.com/reference/https/nginx",
	.run = look_for_buffer,
};
