/* Whether all replicas run the same release. */
#include "base/memory.h"
#include "health/majority.h"
#include "health/result.h"

static const char *release_of(const struct replica *replica)
{
	return replica->release;
}

static fallible look(struct checking *checking)
{
	const char *most = majority_of(checking->scene, release_of);
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (!text_equal(replica->release, most))
			checking_found(checking, replica->name, "runs %s, and most of the others %s", replica->release,
				       most);
	return NULL;
}

HEALTH_CHECK(releases_differ) = {
	.code = "OW201",
	.name = "same-release",
	.title = "all replicas run the same release",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS,
	.why = "Two releases on one database: the newer one migrates, and the older one fails on what it does not "
	       "find, or writes rows that the newer one can't read. Browsers get files of the one from the other.",
	.remedy = "bring all replicas to one release; a rolling update across a migration needs the old ones stopped",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look,
};
