/* What happens to the pods when somebody empties a node. */
#include "health/result.h"
#include "health/scene.h"

/* Whether anybody tells of it; if not, the check is skipped. */
static bool is_told(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	const char *why = "no service of Kubernetes with a selector is named";
	for (size_t i = 0; i < replicas->workload_count; i++) {
		if (!replicas->workloads[i].budgets_unknown)
			return true;
		why = replicas->workloads[i].budgets_unknown;
	}
	result_skip(checking->result, why);
	return false;
}

static fallible look_for_no_budget(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	if (!is_told(checking))
		return NULL;
	for (size_t i = 0; i < replicas->workload_count; i++) {
		const struct workload *workload = &replicas->workloads[i];
		if (!workload->budgets_unknown && workload->uncovered > 1)
			checking_found(checking, workload->place,
				       "has %zu pods, of which no PodDisruptionBudget covers %zu", workload->pods,
				       workload->uncovered);
	}
	return NULL;
}

HEALTH_CHECK(no_budget) = {
	.code = "OW614",
	.name = "disruption-budget",
	.title = "a PodDisruptionBudget covers the pods, where there are several",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "An update of the cluster empties one node after the other, and takes all pods of each at once; it does "
	       "not wait until those that were moved have started, which takes a server half a minute. Without a "
	       "budget all replicas may be away at the same time.",
	.remedy = "a PodDisruptionBudget with maxUnavailable: 1 and the labels of the pods as its selector",
	.page = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
	.run = look_for_no_budget,
};

static void look_at_budget(struct checking *checking, const struct budget *budget)
{
	if (budget->expected > 0 && budget->wanted >= budget->expected)
		checking_found(checking, budget->name,
			       "lets no pod be taken away, now or ever: %lld of %lld have to stay",
			       (long long)budget->wanted, (long long)budget->expected);
}

static fallible look_for_hanging_drain(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	if (!is_told(checking))
		return NULL;
	for (size_t i = 0; i < replicas->workload_count; i++) {
		const struct workload *workload = &replicas->workloads[i];
		for (size_t j = 0; j < workload->budget_count; j++)
			look_at_budget(checking, &workload->budgets[j]);
		if (workload->doubly_covered)
			checking_found(checking, workload->place,
				       "has %zu pods that several PodDisruptionBudgets cover, and that can't be "
				       "evicted for it",
				       workload->doubly_covered);
	}
	return NULL;
}

HEALTH_CHECK(hanging_drain) = {
	.code = "OW615",
	.name = "budget-lets-go",
	.title = "the PodDisruptionBudget lets a node be emptied",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "`kubectl drain`, and with it each update of the nodes, waits for ever for a pod that may not be taken "
	       "away, until somebody deletes it by force.",
	.remedy = "say maxUnavailable: 1 instead of minAvailable; a single replica needs a second one, or no budget; "
		  "leave one budget for each pod",
	.page = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
	.run = look_for_hanging_drain,
};
