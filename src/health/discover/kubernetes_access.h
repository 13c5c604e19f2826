/* How the API of Kubernetes is reached, as kubectl and pods find it: KUBECONFIG, the service account of the pod, or
 * ~/.kube/config, in this order.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ and
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
#ifndef HEALTH_DISCOVER_KUBERNETES_ACCESS_H
#define HEALTH_DISCOVER_KUBERNETES_ACCESS_H

#include "health/discover/api.h"

#define KUBERNETES_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

/* `*namespace` (to be freed): the one that is meant where none is named. ERR_SETTINGS: there is no way to the API, or
 * one by a program or provider, which owctl does not run. */
fallible kubernetes_access(struct api *api, char **namespace) MUST_CHECK;

/* By a kubeconfig file, its current context. */
fallible kubeconfig_read(const char *path, struct api *api, char **namespace) MUST_CHECK;

#endif
