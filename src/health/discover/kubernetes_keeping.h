/* Which PodDisruptionBudgets cover the pods of a service, and which HorizontalPodAutoscalers scale them:
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/,
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
#ifndef HEALTH_DISCOVER_KUBERNETES_KEEPING_H
#define HEALTH_DISCOVER_KUBERNETES_KEEPING_H

#include "health/discover/api.h"

struct keeping {
	json_t *budgets, *scalers; /* lists; NULL: they may not be read */
	size_t *covered;	   /* pods that each of the budgets takes */
	struct strings owners;	   /* "Deployment/open-webui", whose pods they are */
	size_t pods, uncovered, doubly_covered;
};
void keeping_cleanup(struct keeping *keeping);

/* What there is in a namespace. */
void keeping_ask(struct keeping *keeping, const struct api *api, const struct discover_options *options,
		 const char *namespace);
void keeping_take_pod(struct keeping *keeping, const json_t *pod);
/* Adds what came of it, when all pods were taken. */
void keeping_conclude(const struct keeping *keeping, const char *place, struct replicas *replicas);

#endif
