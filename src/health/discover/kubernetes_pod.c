#include "health/discover/kubernetes_pod.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/orchestrated.h"
#include "net/redis_target.h"

static bool has_port(const json_t *container, int64_t port)
{
	const json_t *ports = json_object_get(container, "ports");
	for (size_t i = 0; i < json_array_size(ports); i++)
		if (json_integer_value(json_object_get(json_array_get(ports, i), "containerPort")) == port)
			return true;
	return false;
}

const json_t *pod_container(const json_t *pod, int64_t port)
{
	const json_t *containers = json_below(pod, "spec/containers");
	for (size_t i = 0; i < json_array_size(containers); i++)
		if (has_port(json_array_get(containers, i), port))
			return json_array_get(containers, i);
	return json_array_get(containers, 0);
}

/* Of the variables that stand there themselves; "" for one that comes from elsewhere. NULL: there is none. */
static const char *variable(const json_t *container, const char *name)
{
	const json_t *env = json_object_get(container, "env");
	for (size_t i = 0; i < json_array_size(env); i++) {
		const json_t *one = json_array_get(env, i);
		const char *value = json_text(one, "value");
		if (text_equal(json_text(one, "name"), name))
			return value ? value : "";
	}
	return NULL;
}

int64_t pod_port(const json_t *container, int64_t port)
{
	int64_t own;
	const char *text = variable(container, "PORT");
	const json_t *first = json_array_get(json_object_get(container, "ports"), 0);
	json_int_t declared = json_integer_value(json_object_get(first, "containerPort"));
	if (port)
		return port;
	if (text && redis_port_parse(text, &own))
		return own;
	return declared > 0 && declared < 65536 ? declared : WEBUI_DEFAULT_PORT;
}

static void read_environment(const json_t *container, struct orchestrated *own)
{
	const json_t *env = json_object_get(container, "env");
	for (size_t i = 0; i < json_array_size(env); i++) {
		const json_t *one = json_array_get(env, i);
		const char *name = json_text(one, "name"), *value = json_text(one, "value");
		if (name && (value || !json_object_get(one, "valueFrom")))
			orchestrated_add_setting(own, name, value ? value : "");
		else if (name)
			strings_add(&own->hidden, name);
	}
	if (json_array_size(json_object_get(container, "envFrom")))
		strings_add(&own->hidden, ORCHESTRATED_HIDES_ANY);
}

/* "512Mi", "1G", "1073741824"; -1: it can't be told. */
static int64_t quantity(const char *text)
{
	static const struct {
		const char *unit;
		double bytes;
	} units[] = {{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"k", 1e3},
		     {"M", 1e6},     {"G", 1e9},     {"T", 1e12},    {"m", 1e-3},    {"", 1}};
	char *end;
	double number = text ? strtod(text, &end) : -1;
	for (size_t i = 0; text && i < COUNT(units); i++)
		if (!strcmp(end, units[i].unit) && number >= 0 && number * units[i].bytes < 0x1p62)
			return (int64_t)(number * units[i].bytes);
	return -1;
}

static const json_t *status_of(const json_t *pod, const json_t *container)
{
	const json_t *all = json_below(pod, "status/containerStatuses");
	for (size_t i = 0; i < json_array_size(all); i++)
		if (text_equal(json_text(json_array_get(all, i), "name"), json_text(container, "name")))
			return json_array_get(all, i);
	return NULL;
}

/* Why it ended the last time. */
static char *last_end(const json_t *status)
{
	const json_t *ended = json_below(status, "lastState/terminated");
	const char *reason = json_text(ended, "reason");
	json_int_t code = json_integer_value(json_object_get(ended, "exitCode"));
	if (!ended)
		return NULL;
	return text_equal(reason, "Error") || !reason ? text_format("exit status %lld", (long long)code)
						      : text_copy(reason);
}

static bool is_ready(const json_t *pod)
{
	const json_t *conditions = json_below(pod, "status/conditions");
	for (size_t i = 0; i < json_array_size(conditions); i++) {
		const json_t *one = json_array_get(conditions, i);
		if (text_equal(json_text(one, "type"), "Ready"))
			return text_equal(json_text(one, "status"), "True");
	}
	return false;
}

static char *path_of(const json_t *container, const char *probe)
{
	return text_copy(json_string_value(json_below(json_object_get(container, probe), "httpGet/path")));
}

void pod_read(const json_t *pod, const json_t *container, struct orchestrated *own)
{
	const json_t *status = status_of(pod, container);
	const json_t *restarts = json_object_get(status, "restartCount");
	own->known = true;
	own->kind = text_copy("pod");
	own->image = text_copy(json_text(container, "image"));
	own->image_id = text_copy(json_text(status, "imageID"));
	own->node = text_copy(json_string_value(json_below(pod, "spec/nodeName")));
	own->ready_path = path_of(container, "readinessProbe");
	own->live_path = path_of(container, "livenessProbe");
	own->memory_limit = quantity(json_string_value(json_below(container, "resources/limits/memory")));
	own->restarts = json_is_integer(restarts) ? json_integer_value(restarts) : -1;
	own->last_end = last_end(status);
	own->last_end_at = json_time(json_below(status, "lastState/terminated"), "finishedAt");
	own->running = text_equal(json_string_value(json_below(pod, "status/phase")), "Running");
	own->ready = is_ready(pod);
	read_environment(container, own);
}
