/* Whether a HorizontalPodAutoscaler can do what it is for. */
#include "health/result.h"
#include "health/scene.h"

static void look_at_each(struct checking *checking, void (*look)(struct checking *, const struct scaler *))
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	size_t count = 0;
	const char *unknown = NULL;
	bool known = !replicas->workload_count;
	for (size_t i = 0; i < replicas->workload_count; i++) {
		const struct workload *workload = &replicas->workloads[i];
		known |= !workload->scalers_unknown;
		unknown = workload->scalers_unknown;
		count += workload->scaler_count;
		for (size_t j = 0; j < workload->scaler_count; j++)
			look(checking, &workload->scalers[j]);
	}
	if (!count)
		result_skip(checking->result, known ? "no HorizontalPodAutoscaler scales the replicas" : unknown);
}

static void look_for_limit(struct checking *checking, const struct scaler *scaler)
{
	if (scaler->wants_more)
		checking_found(checking, scaler->name, "would run more replicas than the %lld that it may",
			       (long long)scaler->most);
}

static fallible look_for_limits(struct checking *checking)
{
	look_at_each(checking, look_for_limit);
	return NULL;
}

HEALTH_CHECK(scaler_limit) = {
	.code = "OW616",
	.name = "autoscaler-room",
	.title = "the autoscaler is not at its limit",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "By what it measures, more replicas are needed than it is allowed to run: those that there are have "
	       "more to do than they are meant to, and people wait.",
	.remedy = "raise maxReplicas, if database and Redis have room for their connections (`owctl health check "
		  "--only database,redis`), or give each replica more processors",
	.page = "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
	.run = look_for_limits,
};

static void look_for_trouble(struct checking *checking, const struct scaler *scaler)
{
	if (scaler->trouble)
		checking_found(checking, scaler->name, "does not scale: %s", scaler->trouble);
}

static fallible look_for_troubles(struct checking *checking)
{
	look_at_each(checking, look_for_trouble);
	return NULL;
}

HEALTH_CHECK(scaler_works) = {
	.code = "OW617",
	.name = "autoscaler-works",
	.title = "the autoscaler can measure and scale",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "What it can't measure it does not scale: however much there is to do, the number of replicas stays as "
	       "it is. Its conditions AbleToScale and ScalingActive say so.",
	.remedy = "`kubectl describe hpa` tells why: mostly the metrics-server is missing, or the container requests "
		  "no processor (resources.requests.cpu)",
	.page = "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
	.run = look_for_troubles,
};

static void look_for_one(struct checking *checking, const struct scaler *scaler)
{
	if (scaler->least <= 1 && scaler->most > 1)
		checking_found(checking, scaler->name, "runs one replica when there is little to do");
}

static fallible look_for_ones(struct checking *checking)
{
	look_at_each(checking, look_for_one);
	return NULL;
}

HEALTH_CHECK(scaler_least) = {
	.code = "OW618",
	.name = "autoscaler-least",
	.title = "the autoscaler keeps two replicas at least",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "At night or at the weekend one replica is left; when that one is moved or restarted, nobody is served "
	       "for half a minute.",
	.remedy = "minReplicas: 2",
	.run = look_for_ones,
};
