/* Which release a replica runs, by itself. */
#include "health/result.h"
#include "health/scene.h"
#include "openwebui/release.h"

static fallible look_for_unknown(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (!release_find(replica->release))
			checking_found(checking, replica->name, "runs %s, which this owctl does not know",
				       replica->release);
	return NULL;
}

HEALTH_CHECK(unknown_release) = {
	.code = "OW110",
	.name = "release-known",
	.title = "this owctl knows the release of every replica",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_REPLICAS,
	.why = "What a release needs of its database, and how it answers, owctl knows of those that were out when it "
	       "was made. Of others it can't tell whether the database is at the revision that they want.",
	.remedy = "use an owctl that is as new as the release; `owctl version` and `owctl migrate status` tell what "
		  "this one knows",
	.run = look_for_unknown,
};

/* Since this release a migration that fails ends the start; before it was logged, and the server ran all the same. */
#define FAILS_ALOUD "0.11.3"

static fallible look_for_swallowing(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (release_compare(replica->release, FAILS_ALOUD) < 0)
			checking_found(checking, replica->name, "runs %s, which goes on after a migration that failed",
				       replica->release);
	return NULL;
}

HEALTH_CHECK(swallows_migrations) = {
	.code = "OW111",
	.name = "migrations-fail-aloud",
	.title = "no replica runs a release that starts on a half-made schema",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_REPLICAS,
	.why = "Before 0.11.3 errors of a migration were logged and swallowed: the server came up on an old or "
	       "half-made schema, and failed later, at whatever needed the missing part.",
	.remedy = "`owctl migrate verify` tells whether the schema is whole; migrate with `owctl migrate up` before "
		  "the servers start, with ENABLE_DB_MIGRATIONS=false on all of them",
	.page = "https://github.com/open-webui/open-webui/issues/29280",
	.run = look_for_swallowing,
};
