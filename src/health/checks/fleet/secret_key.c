/* Whether all replicas have the same WEBUI_SECRET_KEY: by a token that lets nobody in (health/session.h). */
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_other(struct checking *checking)
{
	const struct replica *replica;
	if (!scene_count(checking->scene, replica_takes_key)) { /* it is owctl that has another one, or nobody tells */
		result_skip(checking->result, "no replica takes a token of owctl's own key, so they can't be compared");
		return NULL;
	}
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (replica_refuses_key(replica))
			checking_found(checking, replica->name,
				       "has another WEBUI_SECRET_KEY: it refuses a token that others take");
	return NULL;
}

HEALTH_CHECK(other_key) = {
	.code = "OW202",
	.name = "same-secret-key",
	.title = "all replicas have the same secret key",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS | NEEDS_SECRET_KEY,
	.why = "Who signed in at one replica is signed out by the next, at random, and tokens of connections that the "
	       "one stored the other can't decrypt. A container without WEBUI_SECRET_KEY makes a key of its own. One "
	       "token is signed here and tried everywhere; it names nobody who could sign in with it.",
	.remedy = "give this replica the WEBUI_SECRET_KEY of the others, from one secret, and start it again",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_other,
};

static fallible look_for_own(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	if (!scene_count(scene, replica_takes_key) && scene_count(scene, replica_refuses_key))
		checking_found(checking, NULL, "no replica takes a token that is signed with the WEBUI_SECRET_KEY of "
					       "owctl's settings (%s)",
			       settings_origin(checking->settings, "WEBUI_SECRET_KEY"));
	return NULL;
}

HEALTH_CHECK(own_key) = {
	.code = "OW203",
	.name = "own-secret-key",
	.title = "owctl has the secret key of the replicas",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REPLICAS | NEEDS_SECRET_KEY,
	.why = "With another key owctl can't tell whether the replicas have one in common, and what it backs up as "
	       "the key would not open what is encrypted in the database.",
	.remedy = "give owctl the environment of the replicas: --env-file, or a profile",
	.run = look_for_own,
};

static fallible look_for_lost(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (replica_loses_key(replica))
			checking_found(checking, replica->name, "does not get the header Authorization");
	return NULL;
}

HEALTH_CHECK(lost_authorization) = {
	.code = "OW204",
	.name = "authorization-arrives",
	.title = "the header Authorization gets to every replica",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS | NEEDS_SECRET_KEY,
	.why = "Something on the way takes it out, mostly a proxy with a sign-in of its own: nobody can use the API, "
	       "and the web application signs people out at once.",
	.remedy = "have the proxy pass Authorization on (in nginx: no proxy_set_header Authorization \"\")",
	.run = look_for_lost,
};
