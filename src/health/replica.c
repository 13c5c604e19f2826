#include "health/replica.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utf8.h"

#define LARGEST_VERSION 64
#define LARGEST_DETAIL 500
#define CUT "\xe2\x80\xa6"

static void orchestrated_cleanup(struct orchestrated *own)
{
	char *const texts[] = {own->kind,     own->image, own->image_id,   own->last_end,
			       own->node, own->ready_path, own->live_path};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	strings_cleanup(&own->environment);
	strings_cleanup(&own->hidden);
}

void replica_cleanup(struct replica *replica)
{
	char *const texts[] = {replica->name, replica->url, replica->address, replica->found,
			       replica->release, replica->settings};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < QUESTIONS; i++)
		probe_answer_cleanup(&replica->answers[i]);
	orchestrated_cleanup(&replica->orchestrated);
	json_decref(replica->config);
	*replica = (struct replica){0};
}

void replicas_cleanup(struct replicas *replicas)
{
	for (size_t i = 0; i < replicas->count + (replicas->left_out > 0); i++)
		replica_cleanup(&replicas->items[i]);
	free(replicas->items);
	for (size_t i = 0; i < replicas->workload_count; i++)
		workload_cleanup(&replicas->workloads[i]);
	free(replicas->workloads);
	*replicas = (struct replicas){0};
}

/* "10.0.0.7:8080" of "http://10.0.0.7:8080/path", without a user. */
static char *name_of(const char *url, const char *address)
{
	const char *host = strstr(url, "://");
	host = host ? host + 3 : url;
	size_t size = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', size);
	const char *from = address ? address : at ? at + 1 : host;
	AUTO(str) struct str safe = {0};
	utf8_add_safe(&safe, from, address ? strlen(address) : size - (size_t)(from - host));
	return str_take(&safe);
}

/* Behind the last one of many is a place for the one that is left out, which takes that of the one before. */
static struct replica *place_for_one(struct replicas *replicas)
{
	if (replicas->count == replicas->room) {
		replicas->room = replicas->room ? 2 * replicas->room : 8;
		replicas->items = mem_resize(replicas->items, replicas->room, sizeof *replicas->items);
	}
	struct replica *place = &replicas->items[replicas->count];
	if (!replicas_full(replicas))
		replicas->count++;
	else if (replicas->left_out++)
		replica_cleanup(place);
	return place;
}

struct replica *replicas_add(struct replicas *replicas, const char *name, const char *url, const char *address,
			     const char *found)
{
	struct replica *replica = place_for_one(replicas);
	AUTO(str) struct str safe = {0};
	if (name)
		utf8_add_safe(&safe, name, strlen(name));
	size_t size = strlen(url);
	while (size && url[size - 1] == '/')
		size--;
	*replica = (struct replica){.name = name ? str_take(&safe) : name_of(url, address),
				    .url = text_copy_n(url, size),
				    .address = text_copy(address),
				    .found = text_copy(found),
				    .orchestrated = {.restarts = -1, .memory_limit = -1}};
	return replica;
}

void replicas_want(struct replicas *replicas, int64_t count)
{
	if (count > 0 && count <= INT32_MAX)
		replicas->wanted += count;
}

bool answer_is_json(const struct probe_answer *answer)
{
	const char *type = http_header(&answer->http, "Content-Type");
	return type && !strncasecmp(type, "application/json", 16);
}

json_t *answer_object(const struct probe_answer *answer)
{
	if (answer->end != PROBE_ANSWERED || answer->http.status != 200 || !answer_is_json(answer))
		return NULL;
	json_t *object = json_loadb(str_text(&answer->http.body), answer->http.body.size, 0, NULL);
	if (json_is_object(object))
		return object;
	json_decref(object);
	return NULL;
}

char *answer_detail(const struct probe_answer *answer)
{
	json_auto_t *object = answer_is_json(answer)
				      ? json_loadb(str_text(&answer->http.body), answer->http.body.size, 0, NULL)
				      : NULL;
	const char *detail = json_string_value(json_object_get(object, "detail"));
	if (!detail)
		return NULL;
	AUTO(str) struct str safe = {0};
	utf8_add_safe(&safe, detail, strlen(detail));
	if (safe.size > LARGEST_DETAIL) {
		size_t size = LARGEST_DETAIL - (sizeof CUT - 1);
		while ((safe.data[size] & 0xc0) == 0x80)
			size--;
		safe.size = size;
		safe.data[size] = '\0';
		str_add(&safe, CUT);
	}
	return str_take(&safe);
}

char *answer_release(const struct probe_answer *answer)
{
	json_auto_t *object = answer_object(answer);
	const char *version = json_string_value(json_object_get(object, "version"));
	AUTO(str) struct str safe = {0};
	if (!version || !*version || strlen(version) > LARGEST_VERSION)
		return NULL;
	utf8_add_safe(&safe, version, strlen(version));
	return str_take(&safe);
}
