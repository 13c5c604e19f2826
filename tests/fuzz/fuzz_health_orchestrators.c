/* What Docker, Swarm, Kubernetes and Consul answer, through everything that finds replicas by it. The first letter says
 * which of them is asked; each line behind it is the answer to the next question, and the last one to all that follow.
 * Asking itself is left out: the linker puts __wrap_api_get in its place (Makefile). */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/discover/api.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);
fallible __wrap_api_get(const struct api *api, const struct discover_options *options, const char *path,
			json_t **answer);

#define MOST_QUESTIONS 64 /* a list of answers that lead to more questions has an end */

static const char *next, *end;
static int asked;

fallible __wrap_api_get(const struct api *api, const struct discover_options *options, const char *path,
			json_t **answer)
{
	(void)api, (void)options;
	if (!*path || ++asked > MOST_QUESTIONS)
		return error_new(ERR_UNREACHABLE, "nothing");
	const char *line_end = memchr(next, '\n', (size_t)(end - next));
	size_t size = (size_t)((line_end ? line_end : end) - next);
	*answer = json_loadb(next, size, 0, NULL);
	if (line_end)
		next = line_end + 1;
	return *answer ? NULL : error_new(ERR_UNREACHABLE, "no JSON");
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
	static const char *const places[] = {"docker:label=a=b", "compose:chat/web:9090", "swarm:chat",
					     "kubernetes:chat/web", "kubernetes:web:8080", "consul:chat"};
	struct replicas replicas = {0};
	if (!size || bytes[0] < '0' || bytes[0] >= '0' + (int)COUNT(places))
		return -1;
	setenv("KUBECONFIG", "tests/fuzz/kubeconfig.yaml", 1);
	next = (const char *)bytes + 1;
	end = (const char *)bytes + size;
	asked = 0;
	struct error *error = discover(places[bytes[0] - '0'], &(struct discover_options){0}, &replicas);
	for (size_t i = 0; !error && i < replicas.count; i++)
		if (!replicas.items[i].url || !replicas.items[i].name)
			abort();
	error_free(error);
	replicas_cleanup(&replicas);
	return 0;
}
