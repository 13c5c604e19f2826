/* Whether the database can be worked with at all. */
#include "health/result.h"
#include "health/scene.h"

static fallible look(struct checking *checking)
{
	const struct sight *sight = &checking->scene->database.sight;
	if (sight->failure)
		checking_found_failure(checking, "the database can't be used", sight->failure);
	return NULL;
}

HEALTH_CHECK(unreached) = {
	.code = "OW301",
	.name = "database-reached",
	.title = "the database answers",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE_NAMED,
	.why = "Without it nobody signs in, and no chat is read or kept. owctl connects as the settings say, from "
	       "where it runs: a replica may have another way there.",
	.remedy = "check that the server runs, and DATABASE_URL",
	.run = look,
};
