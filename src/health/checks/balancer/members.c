/* Which servers the load balancer sends its requests to: whether all of them are alive. Each request comes by a
 * connection of its own, as those of different people do. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

static bool fails(const struct probe_answer *answer)
{
	long status = answer->http.status;
	return answer->failure || status == 502 || (status == 503 && !front_limits(answer)) || status == 504;
}

static char *how_it_fails(const struct probe_answer *answer)
{
	return answer->failure ? error_text(answer->failure) : text_format("status %ld", answer->http.status);
}

static fallible look_for_dead(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct front_answers *versions = &fleet->at_front.answers[FRONT_VERSION];
	const struct probe_answer *first = NULL;
	size_t asked = 0, failed = 0;
	for (size_t i = 0; i < versions->count; i++) {
		const struct probe_answer *answer = &versions->items[i];
		bool bad = front_asked(answer) && fails(answer);
		asked += front_asked(answer);
		failed += bad;
		first = bad && !first ? answer : first;
	}
	if (!first || failed == asked)
		return NULL;
	AUTO(memory) char *how = how_it_fails(first);
	checking_found(checking, fleet->front.name, "%zu of %zu requests fail: %s", failed, asked, how);
	return NULL;
}

HEALTH_CHECK(dead_member) = {
	.code = "OW704",
	.name = "no-dead-member",
	.title = "no request to WEBUI_URL gets to a server that does not answer",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_BALANCER,
	.why = "The load balancer still sends a share of all requests to a server that is gone: pages load in part, "
	       "and every so many clicks end with an error. It is asked for /api/version three times for each replica, "
	       "8 to 32 times.",
	.remedy = "take the dead server out of the load balancer, and have that look by itself whether its members are "
		  "alive (HAProxy: `check`; nginx: max_fails and proxy_next_upstream; /health is cheap to ask for)",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_dead,
};
