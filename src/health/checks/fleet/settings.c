/* Whether all replicas show the same public settings. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/majority.h"
#include "health/result.h"
#include "health/scene.h"

static void add_difference(const char *path, json_t *own, json_t *other, struct strings *differences)
{
	AUTO(memory) char *mine = own ? json_dumps(own, JSON_ENCODE_ANY | JSON_COMPACT) : text_copy("missing");
	AUTO(memory) char *theirs = other ? json_dumps(other, JSON_ENCODE_ANY | JSON_COMPACT) : text_copy("missing");
	strings_add_taken(differences, text_format("%s is %.60s, and elsewhere %.60s", path, mine, theirs));
}

/* Adds "features.enable_signup is false, and elsewhere true" for each value that differs. jansson's objects may only be
 * walked through where they are not const. */
static void compare(const char *path, json_t *own, json_t *other, struct strings *differences)
{
	const char *key;
	json_t *value;
	if (!json_is_object(own) || !json_is_object(other)) {
		if (!json_equal(own, other))
			add_difference(path, own, other, differences);
		return;
	}
	json_object_foreach(own, key, value) {
		AUTO(memory) char *inner = text_format("%s%s%s", path, *path ? "." : "", key);
		compare(inner, value, json_object_get(other, key), differences);
	}
	json_object_foreach(other, key, value) {
		AUTO(memory) char *inner = text_format("%s%s%s", path, *path ? "." : "", key);
		if (!json_object_get(own, key))
			add_difference(inner, NULL, value, differences);
	}
}

static const char *settings_of(const struct replica *replica)
{
	return replica->settings;
}

static const struct replica *who_has(const struct scene *scene, const char *settings)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		if (text_equal(replica->settings, settings))
			return replica;
	return NULL;
}

static fallible look(struct checking *checking)
{
	const char *most = majority_of(checking->scene, settings_of);
	const struct replica *common = most ? who_has(checking->scene, most) : NULL, *replica;
	for (size_t i = 0; common && (replica = scene_next(checking->scene, &i));) {
		AUTO(strings) struct strings differences = {0};
		if (!replica->config || !text_equal(replica->release, common->release))
			continue; /* another release shows other settings */
		compare("", replica->config, common->config, &differences);
		if (!differences.count)
			continue;
		AUTO(memory) char *list = strings_join(&differences, "; ");
		checking_found(checking, replica->name, "has other settings: %s", list);
	}
	return NULL;
}

HEALTH_CHECK(settings_differ) = {
	.code = "OW207",
	.name = "same-settings",
	.title = "all replicas show the same settings",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_TWO_REPLICAS,
	.why = "What people see depends on which replica they meet. Settings come from each replica's environment, "
	       "and with ENABLE_PERSISTENT_CONFIG from the database; without Redis, a change in the admin panel is "
	       "seen by the replica alone that saved it. What /api/config shows without signing in is compared.",
	.remedy = "give all replicas one environment; have REDIS_URL set on all of them, so that a change gets around",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look,
};
