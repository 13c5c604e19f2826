/* Whether a websocket gets through the load balancer: it is asked for in the same way as directly at the replicas,
 * which take it. That they don't is a matter of fleet/websocket.c. */
#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

static bool all_take_it(const struct scene *scene)
{
	const struct replica *replica;
	bool any = false;
	for (size_t i = 0; (replica = scene_next(scene, &i));) {
		if (!replica_answered(replica, ASK_SOCKET) || replica->answers[ASK_SOCKET].http.status != 101)
			return false;
		any = true;
	}
	return any;
}

static bool is_gateway_error(const struct probe_answer *answer)
{
	return !answer->failure && answer->http.status >= 502 && answer->http.status <= 504;
}

/* Of all that were asked, the one that says most: an answer, and rather not one of a dead member. NULL: it got through
 * at least once, or was not asked. */
static const struct probe_answer *refusal(const struct front_answers *sockets)
{
	const struct probe_answer *found = NULL;
	for (size_t i = 0; i < sockets->count; i++) {
		const struct probe_answer *answer = &sockets->items[i];
		if (!front_asked(answer) || front_limits(answer))
			continue;
		if (!answer->failure && answer->http.status == 101)
			return NULL;
		if (!found || (found->failure && !answer->failure) ||
		    (is_gateway_error(found) && !answer->failure && !is_gateway_error(answer)))
			found = answer;
	}
	return found;
}

static const struct {
	long status;
	const char *meaning, *remedy;
} meanings[] = {
	{400, "the headers of the upgrade are lost on the way",
	 "have the load balancer pass it on; in nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, "
	 "proxy_set_header Connection \"upgrade\""},
	{426, "the headers of the upgrade are lost on the way",
	 "have the load balancer pass on the headers Upgrade and Connection, by HTTP/1.1"},
	{403, "it refuses the Origin, or changes it on the way",
	 "have the load balancer pass on the header Origin as it is, and let /ws/ through"},
};

static fallible look_for_lost(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	const char *name = scene->fleet.front.name;
	const struct probe_answer *answer = refusal(&scene->fleet.at_front.answers[FRONT_SOCKET]);
	if (!answer || !all_take_it(scene))
		return NULL;
	if (answer->failure) {
		AUTO(memory) char *why = error_text(answer->failure);
		checking_found(checking, name, "gives no answer to a websocket, which the replicas accept: %s", why);
		return NULL;
	}
	for (size_t i = 0; i < COUNT(meanings); i++) {
		if (meanings[i].status != answer->http.status)
			continue;
		trouble_remedy(checking_found(checking, name, "refuses a websocket, which the replicas accept: status "
							      "%ld, %s", answer->http.status, meanings[i].meaning),
			       "%s", meanings[i].remedy);
		return NULL;
	}
	checking_found(checking, name, "refuses a websocket, which the replicas accept: status %ld",
		       answer->http.status);
	return NULL;
}

HEALTH_CHECK(socket_lost) = {
	.code = "OW710",
	.name = "websocket-passes",
	.title = "a websocket gets through WEBUI_URL",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_BALANCER | NEEDS_REPLICAS,
	.why = "People sign in and see their chats, and no answer of a model appears until the page is loaded again. "
	       "The most frequent mistake of a proxy's configuration.",
	.remedy = "have the load balancer pass websockets on: the path /ws/socket.io/, by HTTP/1.1, with Upgrade and "
		  "Connection",
	.page = "https://docs.openwebui.com/troubleshooting/connection-error/",
	.run = look_for_lost,
};
