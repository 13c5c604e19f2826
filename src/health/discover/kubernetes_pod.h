/* What Kubernetes tells of a pod: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
#ifndef HEALTH_DISCOVER_KUBERNETES_POD_H
#define HEALTH_DISCOVER_KUBERNETES_POD_H

#include "health/discover/api.h"

/* The container that serves: the one with a port of that number or name, else the first one. NULL: it has none.
 * Borrowed. */
const json_t *pod_container(const json_t *pod, int64_t port);

/* The port that a container listens at: `port` where that is known (not 0), else PORT, its first port, or 8080. */
int64_t pod_port(const json_t *container, int64_t port);

/* Texts are copied. */
void pod_read(const json_t *pod, const json_t *container, struct orchestrated *own);

#endif
