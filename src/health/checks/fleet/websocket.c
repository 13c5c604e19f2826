/* Whether browsers get a websocket from each replica: answers, chats that appear in another window and collaborative
 * notes come by it. Asked directly; what the load balancer makes of it has a check of its own. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

static bool wants_sockets(const struct replica *replica)
{
	json_t *on = json_object_get(json_object_get(replica->config, "features"), "enable_websocket");
	return !json_is_false(on);
}

static fallible look_for_refused(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));) {
		const struct probe_answer *answer = &replica->answers[ASK_SOCKET];
		if (!replica->asked[ASK_SOCKET] || answer->http.status == 101 || !wants_sockets(replica))
			continue;
		if (answer->failure) {
			AUTO(memory) char *why = error_text(answer->failure);
			checking_found(checking, replica->name, "gives no answer to a websocket: %s", why);
			continue;
		}
		struct trouble *trouble = checking_found(checking, replica->name, "refuses a websocket: status %ld",
							 answer->http.status);
		if (answer->http.status == 403)
			trouble_remedy(trouble,
				       "have CORS_ALLOW_ORIGIN of this replica name the address that people use "
				       "(WEBUI_URL); several are separated by ';'");
	}
	return NULL;
}

HEALTH_CHECK(socket_refused) = {
	.code = "OW210",
	.name = "websocket-accepted",
	.title = "every replica accepts websockets from WEBUI_URL",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS,
	.why = "Without one, a chat shows no answer until the page is loaded again. A replica answers 403 to an Origin "
	       "that CORS_ALLOW_ORIGIN does not name, and 400 where the headers of the upgrade were lost on the way.",
	.remedy = "ask the replica directly, without a proxy in between, and look at its log",
	.page = "https://docs.openwebui.com/troubleshooting/connection-error/",
	.run = look_for_refused,
};
