/* Whether anybody is there at WEBUI_URL, and whether it is an Open WebUI. One answer of many is enough: that a share of
 * them fails is told by members.c. */
#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

/* The first question, or where that met a member that is dead, the first of the others that got an answer. */
static const struct probe_answer *any_answer(const struct scene *scene)
{
	const struct front_answers *versions = &scene->fleet.at_front.answers[FRONT_VERSION];
	const struct probe_answer *first = &scene->fleet.front.answers[ASK_VERSION];
	for (size_t i = 0; first->failure && i < versions->count; i++)
		if (front_asked(&versions->items[i]) && !versions->items[i].failure)
			return &versions->items[i];
	return first;
}

static fallible look_for_silence(struct checking *checking)
{
	const struct replica *front = &checking->scene->fleet.front;
	const struct probe_answer *answer = any_answer(checking->scene);
	if (!front->asked[ASK_VERSION] || !answer->failure || answer->end == PROBE_UNTRUSTED || replica_speaks(front))
		return NULL;
	AUTO(memory) char *why = error_text(answer->failure);
	struct trouble *trouble = checking_found(checking, front->name, "gives no answer: %s", why);
	if (answer->end == PROBE_UNRESOLVED)
		trouble_remedy(trouble, "give the name an A or AAAA record where this machine looks it up, or correct "
					"WEBUI_URL");
	return NULL;
}

HEALTH_CHECK(front_silent) = {
	.code = "OW701",
	.name = "front-answers",
	.title = "WEBUI_URL answers",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_FRONT,
	.why = "It is the address that people have, and that stands in mails, webhooks and sign-ins by OAuth. The "
	       "replicas may all be well and nobody gets to them.",
	.remedy = "start the load balancer, or correct WEBUI_URL; look whether a firewall lets this machine through",
	.run = look_for_silence,
};

static void tell_of_status(struct checking *checking, const char *name, const struct probe_answer *answer)
{
	long status = answer->http.status;
	const char *to = http_header(&answer->http, "Location");
	if (status / 100 == 3) {
		trouble_remedy(checking_found(checking, name, "sends its visitors elsewhere: status %ld%s%s",
					      status, to ? " to " : "", to ? to : ""),
			       "set WEBUI_URL to the address that people end up at; if that is this one, the balancer "
			       "and what is behind it send them round in circles");
	} else if (status == 502 || status == 503 || status == 504) {
		trouble_remedy(checking_found(checking, name, "gets no request to any replica: status %ld", status),
			       "check the addresses of the members in the balancer, and that it may connect to them");
	} else {
		checking_found(checking, name, "answers status %ld to /api/version", status);
	}
}

static fallible look_for_stranger(struct checking *checking)
{
	const struct replica *front = &checking->scene->fleet.front;
	const struct probe_answer *answer = any_answer(checking->scene);
	if (!front->asked[ASK_VERSION] || answer->failure || replica_speaks(front))
		return NULL;
	const char *type = http_header(&answer->http, "Content-Type");
	if (answer->http.status != 200)
		tell_of_status(checking, front->name, answer);
	else
		checking_found(checking, front->name, "answers, but not as Open WebUI: %s",
			       type && !answer_is_json(answer) ? type : "no version in its answer");
	return NULL;
}

HEALTH_CHECK(front_stranger) = {
	.code = "OW702",
	.name = "front-is-open-webui",
	.title = "what answers at WEBUI_URL is an Open WebUI",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_FRONT,
	.why = "Another site, a proxy that answers by itself or that has no member left, or a path that it does not "
	       "pass on: people see that instead of the application.",
	.remedy = "check WEBUI_URL, and which servers the load balancer sends its requests to",
	.run = look_for_stranger,
};
