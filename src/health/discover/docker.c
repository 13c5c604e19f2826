/* Containers of a Docker Engine, by name or label; those of a service of Compose by its labels. Those that ended well,
 * or never began, are passed over: they are not meant to run. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/discover/docker_api.h"
#include "health/discover/kinds.h"
#include "net/redis_target.h"

#define LABEL "label="

static bool is_running(const char *state)
{
	return text_equal(state, "running") || text_equal(state, "restarting") || text_equal(state, "paused");
}

/* "Exited (14) 3 minutes ago" */
static bool is_crashed(const json_t *item)
{
	static const char exited[] = "Exited (";
	const char *status = json_text(item, "Status");
	return status && text_starts(status, exited) && strtol(status + strlen(exited), NULL, 10) != 0;
}

/* ---- one container ---- */

static void read_state(const json_t *container, struct orchestrated *own)
{
	const json_t *state = json_object_get(container, "State");
	const char *health = json_string_value(json_below(state, "Health/Status"));
	json_int_t status = json_integer_value(json_object_get(state, "ExitCode"));
	own->running = text_equal(json_text(state, "Status"), "running");
	own->ready = own->running && (!health || text_equal(health, "healthy"));
	own->restarts = json_integer_value(json_object_get(container, "RestartCount"));
	own->last_end_at = json_time(state, "FinishedAt");
	if (json_is_true(json_object_get(state, "OOMKilled")))
		own->last_end = text_copy("OOMKilled");
	else if (status)
		own->last_end = text_format("exit status %lld", (long long)status);
}

static void read_container(const json_t *container, struct orchestrated *own)
{
	json_int_t memory = json_integer_value(json_below(container, "HostConfig/Memory"));
	own->known = true;
	own->kind = text_copy("container");
	own->image = text_copy(json_string_value(json_below(container, "Config/Image")));
	own->image_id = text_copy(json_text(container, "Image"));
	own->memory_limit = memory ? memory : -1;
	docker_read_environment(json_below(container, "Config/Env"), own);
	read_state(container, own);
}

/* Where it is reached: by a published port, else by its own address; on the host's network by the host's. */
static char *address_of(const struct docker *docker, const json_t *container, int64_t port)
{
	AUTO(memory) char *name = text_format("%lld/tcp", (long long)port);
	const json_t *ports = json_below(container, "NetworkSettings/Ports");
	const json_t *published = json_array_get(json_object_get(ports, name), 0);
	const char *host_port = json_text(published, "HostPort"), *host_ip = json_text(published, "HostIp");
	json_t *networks = json_below(container, "NetworkSettings/Networks"), *network;
	const char *key;
	int64_t outer;
	bool any = !host_ip || !*host_ip || text_equal(host_ip, "0.0.0.0") || text_equal(host_ip, "::");
	if (host_port && redis_port_parse(host_port, &outer) && (any || redis_host_valid(host_ip)))
		return redis_address(any ? docker->host : host_ip, outer);
	json_object_foreach(networks, key, network) {
		const char *address = json_text(network, "IPAddress");
		if (address && redis_host_valid(address))
			return redis_address(address, port);
	}
	return redis_address(docker->host, port);
}

static void add_container(const struct docker *docker, const json_t *container, int64_t port, const char *place,
			  struct replicas *replicas)
{
	struct orchestrated own = {.restarts = -1, .memory_limit = -1};
	const char *name = json_text(container, "Name");
	read_container(container, &own);
	AUTO(memory) char *address = address_of(docker, container, port ? port : docker_port(&own));
	AUTO(memory) char *url = own.running ? text_format("http://%s", address) : text_copy("");
	name = name && *name == '/' ? name + 1 : name;
	replicas_add(replicas, name, url, NULL, place)->orchestrated = own;
}

/* ---- all that are asked for ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct replica *)a)->name, ((const struct replica *)b)->name);
}

static fallible add_all(const struct docker *docker, const struct discover_options *options, const char *filter,
			int64_t port, const char *place, struct replicas *replicas)
{
	AUTO(memory) char *path = text_format("/containers/json?all=true&filters=%s", filter);
	json_auto_t *list = NULL;
	size_t before = replicas->count;
	TRY(api_get(&docker->api, options, path, &list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *id = json_text(item, "Id");
		AUTO(memory) char *inner = text_format("/containers/%s/json", id ? id : "");
		json_auto_t *container = NULL;
		if (!id || !(is_running(json_text(item, "State")) || is_crashed(item)))
			continue;
		if (replicas_full(replicas)) {
			replicas_add(replicas, NULL, "", NULL, place);
			continue;
		}
		TRY(api_get(&docker->api, options, inner, &container));
		add_container(docker, container, port, place, replicas);
	}
	if (replicas->count > before)
		qsort(replicas->items + before, replicas->count - before, sizeof *replicas->items, by_name);
	return NULL;
}

static fallible check(const char *rest)
{
	AUTO(memory) char *name = NULL;
	int64_t port;
	return discover_split_port(rest, &name, &port)
		       ? NULL
		       : error_hint(error_new(ERR_SETTINGS, "\"%s\" names no container", rest),
				    "docker:NAME, docker:label=KEY=VALUE, with :PORT behind it if need be");
}

static fallible find(const char *place, const char *rest, const struct discover_options *options,
		     struct replicas *replicas)
{
	AUTO(docker) struct docker docker = {0};
	AUTO(memory) char *name = NULL;
	int64_t port;
	TRY(check(rest));
	discover_split_port(rest, &name, &port);
	AUTO(memory) char *exact = text_format("^/%s$", name);
	AUTO(memory) char *filter = text_starts(name, LABEL) ? api_filter("label", name + strlen(LABEL), NULL)
							     : api_filter("name", exact, NULL);
	TRY(docker_find(&docker));
	return add_all(&docker, options, filter, port, place, replicas);
}

/* ---- Compose ---- */

static fallible check_compose(const char *rest)
{
	const char *slash = strchr(rest, '/');
	if (!slash || slash == rest || !slash[1])
		return error_hint(error_new(ERR_SETTINGS, "\"%s\" names no service of Compose", rest),
				  "compose:PROJECT/SERVICE; `docker compose ls` shows the projects");
	return check(slash + 1);
}

static fallible find_compose(const char *place, const char *rest, const struct discover_options *options,
			     struct replicas *replicas)
{
	AUTO(docker) struct docker docker = {0};
	AUTO(memory) char *service = NULL;
	int64_t port;
	TRY(check_compose(rest));
	const char *slash = strchr(rest, '/');
	AUTO(memory) char *project = text_copy_n(rest, (size_t)(slash - rest));
	discover_split_port(slash + 1, &service, &port);
	AUTO(memory) char *of_project = text_format("com.docker.compose.project=%s", project);
	AUTO(memory) char *of_service = text_format("com.docker.compose.service=%s", service);
	AUTO(memory) char *filter = api_filter("label", of_project, of_service);
	TRY(docker_find(&docker));
	return add_all(&docker, options, filter, port, place, replicas);
}

const struct discover_kind discover_docker = {.scheme = "docker", .check = check, .find = find};
const struct discover_kind discover_compose = {.scheme = "compose", .check = check_compose, .find = find_compose};
