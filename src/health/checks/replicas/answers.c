/* Whether anybody is there, and whether it is an Open WebUI. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_none(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	size_t failures = fleet->sight.failure != NULL;
	if (fleet->sight.failure)
		checking_found_failure(checking, "the replicas can't be found", fleet->sight.failure);
	for (size_t i = 0; !fleet->replicas.count && i < fleet->unfound_count; i++) {
		AUTO(memory) char *what = text_format("the replicas can't be found: %s", fleet->unfound[i].place);
		if (fleet->unfound[i].failure)
			checking_found_failure(checking, what, fleet->unfound[i].failure);
		failures += fleet->unfound[i].failure != NULL;
	}
	if (!fleet->replicas.count && !failures)
		checking_found(checking, NULL, "where replicas are looked for, there are none");
	return NULL;
}

HEALTH_CHECK(found) = {
	.code = "OW101",
	.name = "replicas-found",
	.title = "there are replicas where they are looked for",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_CRITICAL,
	.why = "A name without an address, a service without an endpoint or an orchestrator that says nothing: no "
	       "request gets anywhere, and all else that is to be known of replicas can't be looked at.",
	.remedy = "check OWCTL_REPLICAS or --replica, and that what it names has running servers",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_none,
};

static fallible look_for_silence(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	for (size_t i = 0; i < replicas->count; i++) {
		const struct probe_answer *answer = &replicas->items[i].answers[ASK_VERSION];
		const struct orchestrated *own = &replicas->items[i].orchestrated;
		if (!*replicas->items[i].url)
			checking_found(checking, replicas->items[i].name, "does not run%s%s",
				       own->last_end ? "; it last ended with: " : ", or has no address yet",
				       own->last_end ? own->last_end : "");
		if (!replicas->items[i].asked[ASK_VERSION] || !answer->failure)
			continue;
		AUTO(memory) char *why = error_text(answer->failure);
		struct trouble *trouble = checking_found(checking, replicas->items[i].name, "gives no answer: %s", why);
		if (checking->scene->fleet.guessed)
			trouble_remedy(trouble, "start it, or say where it is: --replica http://HOST:PORT or "
						"OWCTL_REPLICAS; nobody named a replica, so this address was tried");
	}
	return NULL;
}

HEALTH_CHECK(silent) = {
	.code = "OW102",
	.name = "replica-answers",
	.title = "every replica answers",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_CRITICAL,
	.why = "A server that is down, hangs, or breaks off takes a share of all requests with it as long as anything "
	       "still sends it some. It is asked for /api/version, which touches neither database nor Redis.",
	.remedy = "look at its log, and start it again; while it is down, nothing may send it requests",
	.run = look_for_silence,
};

static void tell_of_stranger(struct checking *checking, const struct replica *replica)
{
	const struct probe_answer *answer = &replica->answers[ASK_VERSION];
	const char *type = http_header(&answer->http, "Content-Type");
	if (answer->http.status / 100 == 3)
		checking_found(checking, replica->name, "sends its visitors elsewhere: status %ld",
			       answer->http.status);
	else if (answer->http.status != 200)
		checking_found(checking, replica->name, "answers status %ld to /api/version", answer->http.status);
	else
		checking_found(checking, replica->name, "answers, but not as Open WebUI: %s",
			       type && !answer_is_json(answer) ? type : "no version in its answer");
}

static fallible look_for_strangers(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	size_t answered = 0;
	for (size_t i = 0; i < replicas->count; i++) {
		if (!replica_answered(&replicas->items[i], ASK_VERSION))
			continue;
		answered++;
		if (!replica_speaks(&replicas->items[i]))
			tell_of_stranger(checking, &replicas->items[i]);
	}
	if (!answered)
		result_skip(checking->result, "no replica answers");
	return NULL;
}

HEALTH_CHECK(stranger) = {
	.code = "OW103",
	.name = "replica-is-open-webui",
	.title = "every replica is an Open WebUI",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_CRITICAL,
	.why = "The address is that of another server, of a proxy that answers by itself, or of an Open WebUI that "
	       "is broken. A page of HTML with status 200 says nothing: Open WebUI answers so to any unknown path.",
	.remedy = "check the address; a path in front of /api is part of it",
	.run = look_for_strangers,
};
