/* What a pod tells, by the pages on Pods and on quantities of Kubernetes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "health/discover/kubernetes_pod.h"

/* A container beside the server, as meshes add one, comes first. */
static const char pod_text[] =
	"{'spec': {'nodeName': 'one', 'containers': ["
	"{'name': 'mesh', 'image': 'mesh:1', 'ports': [{'containerPort': 15001}]},"
	"{'name': 'chat', 'image': 'open-webui:0.12.4', 'ports': [{'containerPort': 9090}],"
	" 'env': [{'name': 'PORT', 'value': '9091'}, {'name': 'KEY', 'valueFrom': {}}, {'name': 'EMPTY'}],"
	" 'resources': {'limits': {'memory': '%s'}}, 'livenessProbe': {'httpGet': {'path': '/health'}}}]},"
	"'status': {'phase': 'Running', 'conditions': [{'type': 'PodScheduled', 'status': 'True'},"
	" {'type': 'Ready', 'status': 'False'}], 'containerStatuses': ["
	"{'name': 'mesh', 'restartCount': 9, 'imageID': 'sha256:mesh'},"
	"{'name': 'chat', 'restartCount': 2, 'imageID': 'sha256:chat', 'lastState': {'terminated': "
	"{'reason': 'Error', 'exitCode': 3, 'finishedAt': '2026-12-24T00:00:00Z'}}}]}}";

static json_t *pod_of(const char *memory)
{
	AUTO(memory) char *text = text_format(pod_text, memory);
	for (char *at = text; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	json_t *pod = json_loads(text, 0, NULL);
	assert_non_null(pod);
	return pod;
}

static void of_its_containers_the_one_with_the_port_serves(void **state UNUSED)
{
	json_auto_t *pod = pod_of("1Gi");
	const json_t *mesh = pod_container(pod, 0), *chat = pod_container(pod, 9090);
	assert_string_equal(json_string_value(json_object_get(mesh, "name")), "mesh");
	assert_string_equal(json_string_value(json_object_get(chat, "name")), "chat");
	assert_ptr_equal(pod_container(pod, 8080), mesh);
	assert_int_equal(pod_port(chat, 80), 80);
	assert_int_equal(pod_port(chat, 0), 9091);
	assert_int_equal(pod_port(mesh, 0), 15001);
	assert_int_equal(pod_port(NULL, 0), 8080);
}

static struct replica read_pod(const char *memory)
{
	json_auto_t *pod = pod_of(memory);
	struct replica replica = {.orchestrated = {.restarts = -1, .memory_limit = -1}};
	pod_read(pod, pod_container(pod, 9090), &replica.orchestrated);
	return replica;
}

static void what_it_tells_is_of_that_container(void **state UNUSED)
{
	struct replica replica = read_pod("1Gi");
	const struct orchestrated *own = &replica.orchestrated;
	assert_true(own->known && own->running && !own->ready);
	assert_string_equal(own->image, "open-webui:0.12.4");
	assert_string_equal(own->image_id, "sha256:chat");
	assert_string_equal(own->node, "one");
	assert_string_equal(own->live_path, "/health");
	assert_null(own->ready_path);
	assert_int_equal(own->restarts, 2);
	assert_string_equal(own->last_end, "exit status 3");
	assert_int_equal(own->last_end_at, 1798070400);
	assert_string_equal(own->environment.items[0], "PORT=9091");
	assert_string_equal(own->environment.items[1], "EMPTY=");
	assert_int_equal(own->environment.count, 2);
	assert_string_equal(own->hidden.items[0], "KEY");
	replica_cleanup(&replica);
}

static void a_quantity_has_units_of_both_kinds(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} cases[] = {{"512Mi", 536870912}, {"2Gi", 2147483648},	{"1Ki", 1024},	  {"1Ti", 1099511627776},
		     {"512M", 512000000},  {"1.5G", 1500000000}, {"3k", 3000},	  {"1T", 1000000000000},
		     {"134217728", 134217728}, {"5000m", 5},	 {"1e3", 1000},	  {"12Mb", -1},
		     {"-1Gi", -1},	   {"much", -1},	 {"9e30", -1}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct replica replica = read_pod(cases[i].text);
		assert_int_equal(replica.orchestrated.memory_limit, cases[i].bytes);
		replica_cleanup(&replica);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_its_containers_the_one_with_the_port_serves),
		cmocka_unit_test(what_it_tells_is_of_that_container),
		cmocka_unit_test(a_quantity_has_units_of_both_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
