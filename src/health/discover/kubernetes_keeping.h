/* Which PodDisruptionBudgets cover the pods of a service, and which HorizontalPodAutoscalers scale them:
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/,
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
#ifndef HEALTH_DISCOVER_KUBERNETES_KEEPING_H
#define HEALTH_DISCOVER_KUBERNETES_KEEPING_H

#include "health/discover/api.h"

struct keeping {
	json_t *labels;	       /* an array of those of each pod */
	struct strings owners; /* "Deployment/open-webui", whose pods they are */
};
void keeping_cleanup(struct keeping *keeping);

void keeping_take_pod(struct keeping *keeping, json_t *pod);
/* When all pods were taken: asks for what there is in a namespace, in a part of the time that is left, and adds what
 * came of it. */
void keeping_ask(const struct keeping *keeping, const struct api *api, const struct discover_options *options,
		 const char *namespace, const char *place, struct replicas *replicas);

#endif
