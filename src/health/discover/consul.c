/* Instances of a service of Consul: https://developer.hashicorp.com/consul/api-docs/health. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "health/discover/api.h"
#include "health/discover/kinds.h"
#include "net/redis_target.h"

/* As Consul's own tools read it. */
static bool is_true(const char *text)
{
	static const char *const words[] = {"1", "t", "T", "true", "TRUE", "True"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (text_equal(text, words[i]))
			return true;
	return false;
}

static void find_consul(struct api *api)
{
	const char *address = api_variable("CONSUL_HTTP_ADDR"), *token = api_variable("CONSUL_HTTP_TOKEN");
	bool tls = is_true(api_variable("CONSUL_HTTP_SSL"));
	api->what = "Consul";
	api->hint = "check CONSUL_HTTP_ADDR, CONSUL_HTTP_SSL, CONSUL_CACERT and CONSUL_HTTP_TOKEN";
	address = address ? address : "127.0.0.1:8500";
	api->base = strstr(address, "://") ? text_copy(address)
					   : text_format("%s://%s", tls ? "https" : "http", address);
	api->ca_file = text_copy(api_variable("CONSUL_CACERT"));
	if (token)
		api->authorization = text_format("X-Consul-Token: %s", token);
}

/* An instance that warns gets requests as before: Consul's DNS leaves it out with only_passing alone. */
static void read_checks(const json_t *instance, struct orchestrated *own)
{
	const json_t *checks = json_object_get(instance, "Checks");
	own->running = own->ready = true;
	for (size_t i = 0; i < json_array_size(checks); i++)
		if (text_equal(json_text(json_array_get(checks, i), "Status"), "critical"))
			own->ready = false;
}

static void add_instance(const json_t *instance, const char *place, struct replicas *replicas)
{
	const json_t *service = json_object_get(instance, "Service"), *node = json_object_get(instance, "Node");
	const char *host = json_text(service, "Address"), *id = json_text(service, "ID");
	json_int_t port = json_integer_value(json_object_get(service, "Port"));
	struct orchestrated own = {.restarts = -1, .memory_limit = -1, .known = true};
	host = host && *host ? host : json_text(node, "Address");
	if (!host || !redis_host_valid(host) || port < 1 || port > 65535)
		return;
	own.kind = text_copy("instance");
	own.node = text_copy(json_text(node, "Node"));
	read_checks(instance, &own);
	AUTO(memory) char *address = redis_address(host, port);
	AUTO(memory) char *url = text_format("http://%s", address);
	replicas_add(replicas, id, url, NULL, place)->orchestrated = own;
}

/* Without the right to read a service Consul answers as if there were none. */
static fallible check(const char *rest)
{
	return *rest ? NULL
		     : error_hint(error_new(ERR_SETTINGS, "no service of Consul is named"), "consul:SERVICE");
}

static fallible find(const char *place, const char *rest, const struct discover_options *options,
		     struct replicas *replicas)
{
	AUTO(api) struct api api = {0};
	AUTO(str) struct str path = {0};
	json_auto_t *list = NULL;
	find_consul(&api);
	str_add(&path, "/v1/health/service/");
	percent_encode(&path, rest, strlen(rest), "");
	TRY(api_get(&api, options, str_text(&path), &list));
	for (size_t i = 0; i < json_array_size(list); i++)
		add_instance(json_array_get(list, i), place, replicas);
	return NULL;
}

const struct discover_kind discover_consul = {.scheme = "consul", .check = check, .find = find};
