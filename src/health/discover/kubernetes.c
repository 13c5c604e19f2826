/* The pods behind a service of Kubernetes: its EndpointSlices tell where each is reached, its selector which pods there
 * are besides: those that are not ready, or have no address yet, are looked at as well. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "health/discover/kinds.h"
#include "health/discover/kubernetes_access.h"
#include "health/discover/kubernetes_keeping.h"
#include "health/discover/kubernetes_pod.h"
#include "net/redis_target.h"

#define PAGE 100 /* a pod has up to 40 kB with what was managed of it */

struct service {
	struct api api;
	const struct discover_options *options;
	const char *place;
	char *namespace, *name;
	int64_t port;
	json_t *slices;
	char *selector; /* percent-encoded; NULL: it has none */
	struct keeping keeping;
};
static void service_cleanup(struct service *service)
{
	api_cleanup(&service->api);
	free(service->namespace);
	free(service->name);
	free(service->selector);
	json_decref(service->slices);
	keeping_cleanup(&service->keeping);
}

/* ---- where a pod is reached ---- */

struct endpoint {
	const char *address;
	int64_t port;
	bool tls;
};

/* Of its ports the one that is asked for, or the first one. */
static bool take_port(const json_t *slice, int64_t wanted, struct endpoint *endpoint)
{
	const json_t *ports = json_object_get(slice, "ports");
	for (size_t i = 0; i < json_array_size(ports); i++) {
		const json_t *one = json_array_get(ports, i);
		json_int_t port = json_integer_value(json_object_get(one, "port"));
		const char *name = json_text(one, "name");
		if (port < 1 || port > 65535 || (wanted && port != wanted))
			continue;
		endpoint->port = port;
		endpoint->tls = name && text_starts(name, "https");
		return true;
	}
	return false;
}

static bool is_of_pod(const json_t *endpoint, const char *uid)
{
	return text_equal(json_string_value(json_below(endpoint, "targetRef/uid")), uid);
}

/* There is a slice for each number of a port: they are joined with pods by their uid. */
static bool find_endpoint(const struct service *service, const char *uid, struct endpoint *found)
{
	const json_t *slices = json_object_get(service->slices, "items");
	for (size_t i = 0; uid && i < json_array_size(slices); i++) {
		const json_t *slice = json_array_get(slices, i), *endpoints = json_object_get(slice, "endpoints");
		for (size_t j = 0; j < json_array_size(endpoints); j++) {
			const json_t *one = json_array_get(endpoints, j);
			found->address = json_string_value(json_array_get(json_object_get(one, "addresses"), 0));
			if (found->address && redis_host_valid(found->address) && is_of_pod(one, uid) &&
			    take_port(slice, service->port, found))
				return true;
		}
	}
	return false;
}

static bool is_over(const json_t *pod)
{
	const char *phase = json_string_value(json_below(pod, "status/phase"));
	return text_equal(phase, "Succeeded") || text_equal(phase, "Failed") ||
	       json_below(pod, "metadata/deletionTimestamp");
}

static void add_pod(const struct service *service, const json_t *pod, struct replicas *replicas)
{
	struct endpoint endpoint = {0};
	struct orchestrated own = {.restarts = -1, .memory_limit = -1};
	const char *uid = json_string_value(json_below(pod, "metadata/uid"));
	const char *name = json_string_value(json_below(pod, "metadata/name"));
	bool found = find_endpoint(service, uid, &endpoint);
	const json_t *container = pod_container(pod, found ? endpoint.port : service->port);
	if (!found) {
		endpoint.address = json_string_value(json_below(pod, "status/podIP"));
		if (endpoint.address && !redis_host_valid(endpoint.address))
			endpoint.address = NULL;
		endpoint.port = pod_port(container, service->port);
		endpoint.tls = false;
	}
	pod_read(pod, container, &own);
	AUTO(memory) char *address = endpoint.address ? redis_address(endpoint.address, endpoint.port) : NULL;
	AUTO(memory) char *url = text_format("%s://%s", endpoint.tls ? "https" : "http", address ? address : "");
	replicas_add(replicas, name, address ? url : "", NULL, service->place)->orchestrated = own;
}

/* Endpoints that somebody has written by hand, of a service without a selector. */
static void add_endpoints(const struct service *service, struct replicas *replicas)
{
	const json_t *slices = json_object_get(service->slices, "items");
	for (size_t i = 0; i < json_array_size(slices); i++) {
		const json_t *slice = json_array_get(slices, i), *endpoints = json_object_get(slice, "endpoints");
		struct endpoint endpoint = {0};
		for (size_t j = 0; take_port(slice, service->port, &endpoint) && j < json_array_size(endpoints); j++) {
			const json_t *addresses = json_object_get(json_array_get(endpoints, j), "addresses");
			const char *host = json_string_value(json_array_get(addresses, 0));
			bool usable = host && redis_host_valid(host);
			AUTO(memory) char *address = usable ? redis_address(host, endpoint.port) : NULL;
			AUTO(memory) char *url = text_format("%s://%s", endpoint.tls ? "https" : "http",
							     address ? address : "");
			if (address)
				replicas_add(replicas, NULL, url, NULL, service->place);
		}
	}
}

/* ---- what is asked ---- */

/* {"app": "chat"} as "app%3Dchat". */
static char *selector_of(const json_t *answer)
{
	json_t *selector = json_below(answer, "spec/selector"), *value;
	AUTO(str) struct str text = {0};
	AUTO(str) struct str encoded = {0};
	const char *key;
	json_object_foreach(selector, key, value) {
		const char *wanted = json_string_value(value);
		str_add_format(&text, "%s%s=%s", text.size ? "," : "", key, wanted ? wanted : "");
	}
	if (!text.size)
		return NULL;
	percent_encode(&encoded, text.data, text.size, "");
	return str_take(&encoded);
}

static fallible read_service(struct service *service)
{
	AUTO(memory) char *path =
		text_format("/api/v1/namespaces/%s/services/%s", service->namespace, service->name);
	AUTO(memory) char *slices = text_format("/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices?labelSelector="
						"kubernetes.io%%2Fservice-name%%3D%s",
						service->namespace, service->name);
	json_auto_t *answer = NULL;
	TRY(api_get(&service->api, service->options, path, &answer));
	service->selector = selector_of(answer);
	return api_get(&service->api, service->options, slices, &service->slices);
}

static fallible add_pods(struct service *service, struct replicas *replicas)
{
	AUTO(str) struct str next = {0};
	do {
		AUTO(memory) char *path = text_format("/api/v1/namespaces/%s/pods?labelSelector=%s&limit=%d%s%s",
						      service->namespace, service->selector, PAGE,
						      next.size ? "&continue=" : "", str_text(&next));
		json_auto_t *answer = NULL;
		TRY(api_get(&service->api, service->options, path, &answer));
		const json_t *pods = json_object_get(answer, "items");
		for (size_t i = 0; i < json_array_size(pods); i++) {
			json_t *pod = json_array_get(pods, i);
			if (is_over(pod))
				continue;
			add_pod(service, pod, replicas);
			keeping_take_pod(&service->keeping, pod);
		}
		const char *more = json_string_value(json_below(answer, "metadata/continue"));
		str_clear(&next);
		percent_encode(&next, more ? more : "", more ? strlen(more) : 0, "");
	} while (next.size && !replicas->left_out);
	return NULL;
}

/* How many there are to be: by the workloads whose pods the selector takes. Without the right to see them nobody
 * says. */
static void count_wanted(const struct service *service, struct replicas *replicas)
{
	static const char *const kinds[] = {"deployments", "statefulsets"};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(memory) char *path = text_format("/apis/apps/v1/namespaces/%s/%s?labelSelector=%s",
						      service->namespace, kinds[i], service->selector);
		json_auto_t *answer = NULL;
		error_ignore(api_get(&service->api, service->options, path, &answer));
		const json_t *items = json_object_get(answer, "items");
		for (size_t j = 0; j < json_array_size(items); j++)
			replicas_want(replicas,
				      json_integer_value(json_below(json_array_get(items, j), "spec/replicas")));
	}
}

/* ---- the place ---- */

static bool is_name(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.")];
}

/* "[NAMESPACE/]SERVICE[:PORT]"; the namespace is NULL where none is named. */
static bool parse(const char *rest, struct service *service)
{
	const char *slash = strchr(rest, '/');
	service->namespace = slash ? text_copy_n(rest, (size_t)(slash - rest)) : NULL;
	return discover_split_port(slash ? slash + 1 : rest, &service->name, &service->port) &&
	       is_name(service->name) && (!slash || is_name(service->namespace));
}

static fallible check(const char *rest)
{
	AUTO(service) struct service service = {0};
	return parse(rest, &service)
		       ? NULL
		       : error_hint(error_new(ERR_SETTINGS, "\"%s\" names no service of Kubernetes", rest),
				    "kubernetes:NAMESPACE/SERVICE, with :PORT behind it if it has several");
}

static fallible find(const char *place, const char *rest, const struct discover_options *options,
		     struct replicas *replicas)
{
	AUTO(service) struct service service = {.options = options, .place = place};
	AUTO(memory) char *namespace = NULL;
	TRY(check(rest));
	parse(rest, &service);
	TRY(kubernetes_access(&service.api, &namespace));
	if (!service.namespace)
		service.namespace = text_copy(namespace);
	TRY(read_service(&service));
	if (!service.selector) {
		add_endpoints(&service, replicas);
		return NULL;
	}
	TRY(add_pods(&service, replicas));
	count_wanted(&service, replicas);
	keeping_ask(&service.keeping, &service.api, options, service.namespace, place, replicas);
	return NULL;
}

const struct discover_kind discover_kubernetes = {.scheme = "kubernetes", .check = check, .find = find};
