#include "health/otlp/message.h"

#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/digest.h"
#include "net/http.h"

static void new_id(size_t size, char *text)
{
	unsigned char bytes[OTLP_TRACE_SIZE];
	do
		random_bytes(bytes, size);
	while (sodium_is_zero(bytes, size)); /* which means that there is none */
	hex_text(bytes, size, text);
}

void otlp_new_span(char id[static 2 * OTLP_SPAN_SIZE + 1])
{
	new_id(OTLP_SPAN_SIZE, id);
}

void otlp_run_new(struct otlp_run *run)
{
	new_id(OTLP_TRACE_SIZE, run->trace);
	otlp_new_span(run->root);
}

void otlp_add_text(json_t *attributes, const char *key, const char *value)
{
	if (value)
		json_array_append_new(attributes,
				      json_pack("{s:s, s:{s:s}}", "key", key, "value", "stringValue", value));
}

void otlp_add_number(json_t *attributes, const char *key, int64_t value)
{
	AUTO(memory) char *text = text_format("%lld", (long long)value);
	json_array_append_new(attributes, json_pack("{s:s, s:{s:s}}", "key", key, "value", "intValue", text));
}

void otlp_set_time(json_t *object, const char *key, int64_t us)
{
	AUTO(memory) char *text = text_format("%lld000", (long long)us);
	json_object_set_new(object, key, json_string(text));
}

static json_t *resource_of(const struct scene *scene)
{
	json_t *attributes = json_array();
	char host[256] = "";
	AUTO(memory) char *origin = scene->fleet.front.url ? http_origin(scene->fleet.front.url) : NULL;
	gethostname(host, sizeof host - 1);
	AUTO(memory) char *name = utf8_safe_copy(host);
	otlp_add_text(attributes, "service.name", "owctl");
	otlp_add_text(attributes, "service.version", OWCTL_VERSION);
	otlp_add_text(attributes, "host.name", name);
	otlp_add_text(attributes, "owctl.webui_url", origin);
	return json_pack("{s:o}", "attributes", attributes);
}

json_t *otlp_message(const struct scene *scene, const char *resource_key, const char *scope_key, const char *name,
		     json_t *items)
{
	return json_pack("{s:[{s:o, s:[{s:{s:s, s:s}, s:o}]}]}", resource_key, "resource", resource_of(scene),
			 scope_key, "scope", "name", "owctl health", "version", OWCTL_VERSION, name, items);
}
