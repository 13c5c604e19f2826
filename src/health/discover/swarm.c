/* Tasks of a service of Docker Swarm, by a manager. Tasks of the host's network, or with a port that is published on
 * their node, are reached by the node's address; the others by theirs on an overlay network, where owctl has to be. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/discover/docker_api.h"
#include "health/discover/kinds.h"
#include "health/orchestrated.h"
#include "net/redis_target.h"

struct service {
	const struct docker *docker;
	const char *place, *name;
	int64_t port; /* 0: what the environment says */
	const json_t *nodes;
};

static const json_t *node_of(const struct service *service, const char *id)
{
	for (size_t i = 0; i < json_array_size(service->nodes); i++)
		if (text_equal(json_text(json_array_get(service->nodes, i), "ID"), id))
			return json_array_get(service->nodes, i);
	return NULL;
}

/* A single manager calls itself 0.0.0.0 until another one joins. */
static const char *node_address(const struct service *service, const json_t *node)
{
	const char *address = json_string_value(json_below(node, "Status/Addr"));
	bool usable = address && redis_host_valid(address) && !text_equal(address, "0.0.0.0");
	return usable ? address : service->docker->host;
}

/* {{.Task.Slot}} is the one template that a port is made with. */
static int64_t port_of(const struct service *service, const struct orchestrated *own, json_int_t slot)
{
	static const char template[] = "{{.Task.Slot}}";
	const char *text = orchestrated_setting(own, "PORT");
	const char *at = text ? strstr(text, template) : NULL;
	int64_t port;
	if (service->port || !at)
		return service->port ? service->port : docker_port(own);
	AUTO(memory) char *filled = text_format("%.*s%lld%s", (int)(at - text), text, (long long)slot,
						at + strlen(template));
	return redis_port_parse(filled, &port) ? port : WEBUI_DEFAULT_PORT;
}

static int64_t published_port(const json_t *task, int64_t port)
{
	const json_t *ports = json_below(task, "Status/PortStatus/Ports");
	for (size_t i = 0; i < json_array_size(ports); i++) {
		const json_t *one = json_array_get(ports, i);
		if (json_integer_value(json_object_get(one, "TargetPort")) == port)
			return json_integer_value(json_object_get(one, "PublishedPort"));
	}
	return 0;
}

/* "10.0.1.3/24" of the first network that gives one. */
static char *own_address(const json_t *task)
{
	const json_t *attached = json_object_get(task, "NetworksAttachments");
	for (size_t i = 0; i < json_array_size(attached); i++) {
		const json_t *addresses = json_object_get(json_array_get(attached, i), "Addresses");
		const char *address = json_string_value(json_array_get(addresses, 0));
		if (address)
			return text_copy_n(address, strcspn(address, "/"));
	}
	return NULL;
}

static char *address_of(const struct service *service, const json_t *task, const json_t *node, int64_t port)
{
	int64_t published = published_port(task, port);
	AUTO(memory) char *own = own_address(task);
	if (published)
		return redis_address(node_address(service, node), published);
	return redis_address(own && redis_host_valid(own) ? own : node_address(service, node), port);
}

static void read_task(const json_t *task, const json_t *node, struct orchestrated *own)
{
	const json_t *container = json_below(task, "Spec/ContainerSpec");
	const json_t *limit = json_below(task, "Spec/Resources/Limits/MemoryBytes");
	own->known = true;
	own->kind = text_copy("task");
	own->image = text_copy(json_text(container, "Image"));
	own->memory_limit = json_is_integer(limit) ? json_integer_value(limit) : -1;
	own->node = text_copy(json_string_value(json_below(node, "Description/Hostname")));
	own->running = own->ready = text_equal(json_string_value(json_below(task, "Status/State")), "running");
	docker_read_environment(json_object_get(container, "Env"), own);
}

static struct replica *add_task(const struct service *service, const json_t *task,
				struct replicas *replicas)
{
	struct orchestrated own = {.restarts = -1, .memory_limit = -1};
	json_int_t slot = json_integer_value(json_object_get(task, "Slot"));
	const char *node_id = json_text(task, "NodeID"), *id = json_text(task, "ID");
	const json_t *node = node_of(service, node_id);
	read_task(task, node, &own);
	AUTO(memory) char *address = address_of(service, task, node, port_of(service, &own, slot));
	AUTO(memory) char *url = text_format("http://%s", address);
	AUTO(memory) char *name = slot ? text_format("%s.%lld", service->name, (long long)slot)
				       : text_format("%s.%s", service->name, own.node ? own.node : id ? id : "");
	struct replica *replica = replicas_add(replicas, name, url, NULL, service->place);
	replica->orchestrated = own;
	return replica;
}

/* How often tasks of this slot ended before: Swarm makes a new task each time, and keeps the last few. */
static void count_ends(const json_t *tasks, struct replica *replica, json_int_t slot)
{
	int64_t ends = 0;
	for (size_t i = 0; i < json_array_size(tasks); i++) {
		const json_t *task = json_array_get(tasks, i), *status = json_object_get(task, "Status");
		const char *state = json_text(status, "State");
		if (json_integer_value(json_object_get(task, "Slot")) != slot ||
		    !(text_equal(state, "failed") || text_equal(state, "rejected")))
			continue;
		ends++;
		free(replica->orchestrated.last_end);
		replica->orchestrated.last_end = text_copy(json_text(status, "Err"));
	}
	replica->orchestrated.restarts = ends;
}

static bool is_wanted(const json_t *task)
{
	return text_equal(json_text(task, "DesiredState"), "running");
}

static fallible add_tasks(const struct service *service, const struct discover_options *options, const char *filter,
			  struct replicas *replicas)
{
	AUTO(memory) char *path = text_format("/tasks?filters=%s", filter);
	json_auto_t *tasks = NULL;
	TRY(api_get(&service->docker->api, options, path, &tasks));
	for (size_t i = 0; i < json_array_size(tasks); i++) {
		const json_t *task = json_array_get(tasks, i);
		if (!is_wanted(task))
			continue;
		struct replica *replica = add_task(service, task, replicas);
		json_int_t slot = json_integer_value(json_object_get(task, "Slot"));
		if (slot)
			count_ends(tasks, replica, slot);
	}
	return NULL;
}

static fallible check(const char *rest)
{
	AUTO(memory) char *name = NULL;
	int64_t port;
	return discover_split_port(rest, &name, &port)
		       ? NULL
		       : error_hint(error_new(ERR_SETTINGS, "\"%s\" names no service of Swarm", rest),
				    "swarm:SERVICE; `docker service ls` shows them");
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct replica *)a)->name, ((const struct replica *)b)->name);
}

static fallible find(const char *place, const char *rest, const struct discover_options *options,
		     struct replicas *replicas)
{
	AUTO(docker) struct docker docker = {0};
	AUTO(memory) char *name = NULL;
	json_auto_t *found = NULL, *nodes = NULL;
	size_t before = replicas->count;
	struct service service = {.docker = &docker, .place = place};
	TRY(check(rest));
	discover_split_port(rest, &name, &service.port);
	AUTO(memory) char *filter = api_filter("name", name, NULL);
	AUTO(memory) char *of_service = api_filter("service", name, NULL);
	AUTO(memory) char *path = text_format("/services?filters=%s", filter);
	TRY(docker_find(&docker));
	TRY(api_get(&docker.api, options, path, &found));
	for (size_t i = 0; i < json_array_size(found); i++) { /* the filter is for the beginning of a name */
		const json_t *spec = json_object_get(json_array_get(found, i), "Spec");
		if (text_equal(json_text(spec, "Name"), name))
			service.name = name;
		if (text_equal(json_text(spec, "Name"), name))
			replicas_want(replicas, json_integer_value(json_below(spec, "Mode/Replicated/Replicas")));
	}
	if (!service.name)
		return error_hint(error_new(ERR_SETTINGS, "there is no service \"%s\" in this swarm", name),
				  "`docker service ls` shows them");
	TRY(api_get(&docker.api, options, "/nodes", &nodes));
	service.nodes = nodes;
	TRY(add_tasks(&service, options, of_service, replicas));
	if (replicas->count > before)
		qsort(replicas->items + before, replicas->count - before, sizeof *replicas->items, by_name);
	return NULL;
}

const struct discover_kind discover_swarm = {.scheme = "swarm", .check = check, .find = find};
