#include "health/discover/kubernetes_access.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "net/redis_target.h"

static void introduce(struct api *api)
{
	api->what = "the Kubernetes API";
	api->hint = "its account needs get and list of pods, services, endpointslices and deployments of the "
		    "namespace; KUBECONFIG names another one";
}

static fallible by_account(struct api *api, const char *host, char **namespace)
{
	const char *port = api_variable("KUBERNETES_SERVICE_PORT");
	int64_t number = 443;
	AUTO(secret) char *token = NULL;
	if (port && !redis_port_parse(port, &number))
		return error_new(ERR_SETTINGS, "KUBERNETES_SERVICE_PORT is no port");
	TRY(api_read_file(KUBERNETES_ACCOUNT "/token", &token));
	TRY(api_read_file(KUBERNETES_ACCOUNT "/namespace", namespace));
	AUTO(memory) char *authority = redis_address(host, number);
	api->base = text_format("https://%s", authority);
	api->ca_file = text_copy(KUBERNETES_ACCOUNT "/ca.crt");
	api->authorization = text_format("Authorization: Bearer %s", token);
	return NULL;
}

static fallible by_file(const char *path, struct api *api, char **namespace)
{
	return error_wrap(kubeconfig_read(path, api, namespace), "%s", path);
}

fallible kubernetes_access(struct api *api, char **namespace)
{
	const char *config = api_variable("KUBECONFIG"), *host = api_variable("KUBERNETES_SERVICE_HOST");
	const char *home = api_variable("HOME");
	AUTO(memory) char *own = text_format("%s/.kube/config", home ? home : "");
	introduce(api);
	if (config)
		return by_file(config, api, namespace);
	if (host && file_exists(KUBERNETES_ACCOUNT "/token"))
		return by_account(api, host, namespace);
	if (file_exists(own))
		return by_file(own, api, namespace);
	return error_hint(error_new(ERR_SETTINGS, "there is no way to the Kubernetes API"),
			  "set KUBECONFIG, or run owctl in a pod with a service account");
}
