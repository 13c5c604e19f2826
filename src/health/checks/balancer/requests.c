/* What the load balancer takes out of requests, or does not let through. */
#include <string.h>

#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"
#include "health/session.h"

static fallible look_for_lost(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct front_answers *tokens = &fleet->at_front.answers[FRONT_TOKEN];
	size_t lost = 0, arrived = 0;
	for (size_t i = 0; i < tokens->count; i++) {
		enum key_standing key;
		enum account_standing account;
		session_read(&tokens->items[i], false, &key, &account);
		lost += key == KEY_LOST;
		arrived += key == KEY_OTHER;
	}
	if (lost && !arrived && !scene_count(checking->scene, replica_loses_key))
		checking_found(checking, fleet->front.name, "takes the header Authorization out of requests");
	return NULL;
}

HEALTH_CHECK(authorization_lost) = {
	.code = "OW711",
	.name = "authorization-passes",
	.title = "the header Authorization gets through WEBUI_URL",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_BALANCER,
	.why = "Whoever uses the API with a key, and every request of the web application that carries its token so, "
	       "counts as not signed in. A token that nobody has signed is sent: a replica says that it is wrong, or "
	       "that there was none.",
	.remedy = "have the load balancer pass Authorization on: in nginx no proxy_set_header Authorization \"\", and "
		  "no auth_basic before Open WebUI",
	.run = look_for_lost,
};

static fallible look_for_limit(struct checking *checking)
{
	const struct probe_answer *answer = front_answer(checking->scene, FRONT_LARGE);
	if (!answer || answer->failure)
		result_skip(checking->result, "the announced request got no answer");
	else if (answer->http.status == 413)
		checking_found(checking, checking->scene->fleet.front.name, "refuses a request of %zu MB (status 413)",
			       FRONT_LARGE_SIZE >> 20);
	return NULL;
}

HEALTH_CHECK(small_bodies) = {
	.code = "OW713",
	.name = "uploads-pass",
	.title = "files of 16 MB get through WEBUI_URL",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_BALANCER,
	.why = "nginx takes 1 MB if nothing else is said: uploads of documents, photographs and recordings end with an "
	       "error that Open WebUI knows nothing of. A request is announced with that size, and ends before it "
	       "sends any of it.",
	.remedy = "raise the limit of the load balancer, in nginx client_max_body_size, to what people upload",
	.run = look_for_limit,
};

static fallible look_for_strays(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct front_answers *answers = &fleet->at_front.answers[FRONT_STICKY];
	size_t lost = 0, asked = 0;
	for (size_t i = 0; i < answers->count; i++) {
		const struct probe_answer *answer = &answers->items[i];
		asked += front_asked(answer) && !answer->failure;
		lost += front_asked(answer) && !answer->failure && answer->http.status == 400 &&
			strstr(str_text(&answer->http.body), "Invalid session");
	}
	if (lost)
		checking_found(checking, fleet->front.name,
			       "sends %zu of %zu requests of one session to a replica that does not know it", lost,
			       asked);
	return NULL;
}

HEALTH_CHECK(not_sticky) = {
	.code = "OW712",
	.name = "polling-sticks",
	.title = "where websockets are switched off, all requests of a session get to one replica",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_BALANCER | NEEDS_TWO_REPLICAS,
	.why = "With ENABLE_WEBSOCKET_SUPPORT=false browsers ask again and again, and only the replica that began a "
	       "session knows it: the others answer 400, and the connection begins anew without end. A session is "
	       "begun and asked for by other connections, with the cookies that the load balancer gave, and ended.",
	.remedy = "have the load balancer keep each person at one replica (nginx: ip_hash; HAProxy: cookie), or "
		  "better, switch websockets on, which need nothing of the kind",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_strays,
};
