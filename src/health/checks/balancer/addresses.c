/* Whether each address is alive that the name of WEBUI_URL has: people's browsers take one of them. */
#include <errno.h>

#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

/* This machine has no way to addresses of that kind: mostly, it has no IPv6. */
static bool out_of_reach(const struct probe_answer *answer)
{
	return answer->system_error == ENETUNREACH || answer->system_error == EHOSTUNREACH ||
	       answer->system_error == EADDRNOTAVAIL || answer->system_error == EAFNOSUPPORT;
}

static fallible look_for_dead(struct checking *checking)
{
	const struct front_sight *sight = &checking->scene->fleet.at_front;
	const struct front_answers *answers = &sight->answers[FRONT_ADDRESS];
	for (size_t i = 0; i < answers->count; i++) {
		const struct probe_answer *answer = &answers->items[i];
		bool gone = answer->end == PROBE_REFUSED || (answer->end == PROBE_TIMED_OUT && !answer->connected);
		if (!gone || out_of_reach(answer))
			continue;
		AUTO(memory) char *why = error_text(answer->failure);
		checking_found(checking, sight->addresses.items[i],
			       "is an address of WEBUI_URL's name, and nobody is there: %s", why);
	}
	return NULL;
}

HEALTH_CHECK(dead_address) = {
	.code = "OW706",
	.name = "front-addresses",
	.title = "at each address that the name of WEBUI_URL has, somebody is there",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_BALANCER,
	.why = "The name server gives people all of its addresses, also one of a load balancer that is gone: with "
	       "every new connection some wait, or get an error. Those that this machine has no way to are left out.",
	.remedy = "take the address out of the name's A and AAAA records, or start what should be there",
	.run = look_for_dead,
};
