/* What the replicas are started with. What comes from a secret is not seen, and no value is told. */
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "health/orchestrated.h"
#include "health/result.h"
#include "health/scene.h"

/* ---- migrations ---- */

static bool may_migrate(const struct orchestrated *own)
{
	const char *value = orchestrated_setting(own, "ENABLE_DB_MIGRATIONS");
	return own->known && own->environment.count && !orchestrated_hides(own, "ENABLE_DB_MIGRATIONS") &&
	       (!value || !strcasecmp(value, "true"));
}

/* Of how many the orchestrator tells whether a variable is set. */
static size_t telling(const struct scene *scene, const char *name)
{
	const struct replica *replica;
	size_t count = 0;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		count += replica->orchestrated.environment.count && !orchestrated_hides(&replica->orchestrated, name);
	return count;
}

static fallible look_for_migrators(struct checking *checking)
{
	const struct replica *replica;
	size_t count = 0;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		count += may_migrate(&replica->orchestrated);
	if (!telling(checking->scene, "ENABLE_DB_MIGRATIONS"))
		result_skip(checking->result, "nobody tells whether the replicas migrate");
	else if (count > 1)
		checking_found(checking, NULL, "%zu replicas migrate the database when they start", count);
	return NULL;
}

HEALTH_CHECK(migrators) = {
	.code = "OW607",
	.name = "one-migrator",
	.title = "one replica at most migrates the database",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_TWO_REPLICAS,
	.why = "Open WebUI takes no lock for it: two that start a new release at once run the same migration twice, "
	       "and leave a database with two revisions, or half of one.",
	.remedy = "set ENABLE_DB_MIGRATIONS=false on all replicas, and have `owctl migrate up` run before a new "
		  "release starts",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_migrators,
};

/* ---- differences ---- */

/* These tell replicas from one another. */
static bool is_own(const char *name, size_t size)
{
	static const char *const own[] = {"HOSTNAME", "PORT", "INSTANCE_ID", "OTEL_RESOURCE_ATTRIBUTES",
					  "ENABLE_DB_MIGRATIONS", "HOST"};
	for (size_t i = 0; i < COUNT(own); i++)
		if (strlen(own[i]) == size && !strncmp(own[i], name, size))
			return true;
	return !strncmp(name, "POD_", 4) || !strncmp(name, "NODE_", 5);
}

/* An image brings variables of its own along: another one has a check of its own. */
static void add_differences(const struct orchestrated *one, const struct orchestrated *other, struct strings *names)
{
	if (!text_equal(one->image_id, other->image_id))
		return;
	for (size_t i = 0; i < one->environment.count; i++) {
		const char *line = one->environment.items[i];
		size_t size = strcspn(line, "=");
		AUTO(memory) char *name = text_copy_n(line, size);
		if (is_own(line, size) || strings_have(names, name) || orchestrated_hides(other, name) ||
		    orchestrated_hides(one, name))
			continue;
		if (!text_equal(orchestrated_setting(one, name), orchestrated_setting(other, name)))
			strings_add(names, name);
	}
}

static size_t count_like(const struct scene *scene, const struct replica *one)
{
	const struct replica *other;
	size_t like = 0;
	for (size_t i = 0; (other = scene_next(scene, &i));) {
		AUTO(strings) struct strings names = {0};
		add_differences(&one->orchestrated, &other->orchestrated, &names);
		add_differences(&other->orchestrated, &one->orchestrated, &names);
		like += other->orchestrated.known && !names.count;
	}
	return like;
}

/* The first one that most others are like. */
static const struct replica *common_one(const struct scene *scene)
{
	const struct replica *best = NULL, *replica;
	size_t most = 0, all = scene_speaking(scene);
	for (size_t i = 0; 2 * most <= all && (replica = scene_next(scene, &i));) {
		size_t like = replica->orchestrated.known ? count_like(scene, replica) : 0;
		best = like > most ? replica : best;
		most = like > most ? like : most;
	}
	return best;
}

static fallible look_for_differences(struct checking *checking)
{
	const struct replica *common = common_one(checking->scene), *replica;
	for (size_t i = 0; common && (replica = scene_next(checking->scene, &i));) {
		AUTO(strings) struct strings names = {0};
		if (!replica->orchestrated.known)
			continue;
		add_differences(&replica->orchestrated, &common->orchestrated, &names);
		add_differences(&common->orchestrated, &replica->orchestrated, &names);
		if (!names.count)
			continue;
		AUTO(memory) char *list = strings_join(&names, ", ");
		checking_found(checking, replica->name, "is started with other values than most of: %s", list);
	}
	return NULL;
}

HEALTH_CHECK(other_environment) = {
	.code = "OW608",
	.name = "same-environment",
	.title = "all replicas are started with the same environment",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_TWO_REPLICAS,
	.why = "A change of settings reached some replicas and not the others; which one answers decides what people "
	       "see. Variables that tell replicas apart (PORT, HOSTNAME, POD_..) are passed over.",
	.remedy = "roll the change out to all replicas",
	.run = look_for_differences,
};

/* ---- the secret key ---- */

/* By any of the names that the image and its scripts read. */
static bool is_given_key(const struct orchestrated *own)
{
	static const char *const names[] = {"WEBUI_SECRET_KEY", "WEBUI_JWT_SECRET_KEY", "WEBUI_SECRET_KEY_FILE"};
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = orchestrated_setting(own, names[i]);
		if (orchestrated_hides(own, names[i]) || (value && *value))
			return true;
	}
	return false;
}

static fallible look_for_no_key(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));) {
		const struct orchestrated *own = &replica->orchestrated;
		if (own->environment.count && !is_given_key(own))
			checking_found(checking, replica->name, "is started without WEBUI_SECRET_KEY");
	}
	return NULL;
}

HEALTH_CHECK(no_key) = {
	.code = "OW609",
	.name = "secret-key-given",
	.title = "every replica is given its secret key",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_REPLICAS,
	.why = "The image then makes a key of its own inside the container, which is gone with it: everybody is signed "
	       "out, and what was encrypted with it (OAuth tokens, one-time passwords) is lost.",
	.remedy = "keep the one that it has now as a secret (/app/backend/.webui_secret_key in the container), and "
		  "give it to all replicas as WEBUI_SECRET_KEY; make a new one (`openssl rand -hex 32`) only where it "
		  "is lost",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_no_key,
};

static fallible look_for_key_in_the_clear(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));) {
		const struct orchestrated *own = &replica->orchestrated;
		const char *key = orchestrated_setting(own, "WEBUI_SECRET_KEY");
		if (!text_equal(own->kind, "pod") || !key || !*key)
			continue;
		checking_found(checking, NULL, "WEBUI_SECRET_KEY stands in the specification of the pods");
		break;
	}
	return NULL;
}

HEALTH_CHECK(key_in_the_clear) = {
	.code = "OW610",
	.name = "secret-key-in-secret",
	.title = "the secret key comes from a secret",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_REPLICAS,
	.why = "Whoever may look at pods, their owners and their history can sign in as anybody with it.",
	.remedy = "keep it in a Secret, and have the container take it by valueFrom.secretKeyRef",
	.run = look_for_key_in_the_clear,
};
