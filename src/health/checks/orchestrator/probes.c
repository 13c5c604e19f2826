/* What the orchestrator asks a pod, and what it does about the answer. */
#include "base/memory.h"
#include "health/majority.h"
#include "health/result.h"

static bool is_pod(const struct replica *replica)
{
	return text_equal(replica->orchestrated.kind, "pod");
}

/* Pods of one workload are alike: one is told of. */
static const struct replica *first_pod(const struct scene *scene)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		if (is_pod(replica))
			return replica;
	return NULL;
}

static fallible look_for_no_readiness(struct checking *checking)
{
	const struct replica *pod = first_pod(checking->scene);
	if (pod && !pod->orchestrated.ready_path)
		checking_found(checking, NULL, "the pods have no readiness probe that asks the server");
	return NULL;
}

HEALTH_CHECK(no_readiness) = {
	.code = "OW611",
	.name = "readiness-probe",
	.title = "pods have a readiness probe",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_REPLICAS,
	.why = "Without one a pod gets requests from the moment on when its container runs, and a server needs half a "
	       "minute to start: each rollout and each restart is an outage for some.",
	.remedy = "readinessProbe: {httpGet: {path: /ready, port: 8080}, timeoutSeconds: 5}",
	.run = look_for_no_readiness,
};

static fallible look_for_deadly_liveness(struct checking *checking)
{
	const struct replica *pod = first_pod(checking->scene);
	const char *path = pod ? pod->orchestrated.live_path : NULL;
	if (text_equal(path, "/ready") || text_equal(path, "/health/db"))
		checking_found(checking, NULL, "the liveness probe of the pods asks %s, which looks at %s", path,
			       text_equal(path, "/ready") ? "database and Redis" : "the database");
	return NULL;
}

HEALTH_CHECK(deadly_liveness) = {
	.code = "OW612",
	.name = "liveness-probe",
	.title = "the liveness probe does not depend on database and Redis",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_REPLICAS,
	.why = "When Redis or the database is away for a minute, all replicas are killed and started again at once, "
	       "and a short outage becomes a long one.",
	.remedy = "livenessProbe: {httpGet: {path: /health, port: 8080}}; /ready is for the readiness probe",
	.page = "https://github.com/open-webui/open-webui/issues/27210",
	.run = look_for_deadly_liveness,
};

static const char *node_of(const struct replica *replica)
{
	return replica->orchestrated.node;
}

static fallible look_for_one_node(struct checking *checking)
{
	const char *node = majority_of(checking->scene, node_of);
	const struct replica *replica;
	for (size_t i = 0; node && (replica = scene_next(checking->scene, &i));)
		if (!text_equal(node_of(replica), node))
			return NULL;
	if (node)
		checking_found(checking, NULL, "all replicas run on one node, %s", node);
	return NULL;
}

HEALTH_CHECK(one_node) = {
	.code = "OW613",
	.name = "several-nodes",
	.title = "the replicas run on several nodes",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_TWO_REPLICAS,
	.why = "When the node goes, all replicas go with it.",
	.remedy = "spread them: topologySpreadConstraints or pod anti-affinity by kubernetes.io/hostname; in Swarm "
		  "--placement-pref spread=node.id",
	.run = look_for_one_node,
};
