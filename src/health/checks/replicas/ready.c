/* What /ready says, which looks at the database and at Redis. Releases before 0.10 don't have it and answer with the
 * page of the web application. */
#include <string.h>

#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

/* Whether owctl itself has found what the replica misses to be gone: that is told once, by a check of its own. */
static bool is_explained(const struct scene *scene, const char *what)
{
	return (scene->database.sight.failure && strstr(what, "atabase")) ||
	       (scene->redis.sight.failure && strstr(what, "Redis"));
}

static void tell_of_hanging(struct checking *checking, const struct replica *replica)
{
	const char *what = replica_answered(replica, ASK_DATABASE)
				   ? "Redis: /ready gives no answer, and /health/db does"
				   : "its database: neither /ready nor /health/db gives an answer";
	if (!is_explained(checking->scene, what))
		checking_found(checking, replica->name, "hangs when it looks at %s", what);
}

static void judge(struct checking *checking, const struct replica *replica)
{
	const struct probe_answer *answer = &replica->answers[ASK_READY];
	if (!replica->asked[ASK_READY])
		return;
	if (answer->end == PROBE_TIMED_OUT) {
		tell_of_hanging(checking, replica);
	} else if (answer->failure) {
		AUTO(memory) char *why = error_text(answer->failure);
		checking_found(checking, replica->name, "gives no answer to /ready: %s", why);
	} else if (answer->http.status >= 400 && answer->http.status != 404) {
		AUTO(memory) char *detail = answer_detail(answer);
		if (!detail || !is_explained(checking->scene, detail))
			checking_found(checking, replica->name, "is not ready: %s (status %ld)",
				       detail ? detail : "it does not say why", answer->http.status);
	}
}

static bool lacks_ready(const struct replica *replica)
{
	const struct probe_answer *answer = &replica->answers[ASK_READY];
	return !replica->asked[ASK_READY] || (!answer->failure && answer->http.status < 500 && !answer_is_json(answer));
}

static fallible look_for_unready(struct checking *checking)
{
	const struct replica *replica;
	if (scene_count(checking->scene, lacks_ready) == scene_speaking(checking->scene))
		result_skip(checking->result, "no replica has /ready: releases have it from 0.10 on");
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		judge(checking, replica);
	return NULL;
}

HEALTH_CHECK(unready) = {
	.code = "OW104",
	.name = "replica-ready",
	.title = "every replica is ready: started, with its database and its Redis",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS,
	.why = "/health answers true whatever happens. /ready is the one that looks at the database and at Redis; "
	       "with a Redis that hangs, 0.12 waits for it without end, and so do people.",
	.remedy = "what the database and Redis families of this report find is the cause; if they find nothing, this "
		  "replica alone can't reach them: compare its network, DATABASE_URL and REDIS_URL with the others'",
	.run = look_for_unready,
};
