/* Whether the database can be worked with at all. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look(struct checking *checking)
{
	const struct sight *sight = &checking->scene->database.sight;
	if (!sight->failure)
		return NULL;
	AUTO(memory) char *why = error_text(sight->failure);
	struct trouble *trouble = checking_found(checking, NULL, "the database can't be used: %s", why);
	if (error_hint_text(sight->failure))
		trouble_remedy(trouble, "%s", error_hint_text(sight->failure));
	return NULL;
}

HEALTH_CHECK(unreached) = {
	.code = "OW301",
	.name = "database-reached",
	.title = "the database answers",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.why = "Without it nobody signs in, and no chat is read or kept. owctl connects as the settings say, from "
	       "where it runs: a replica may have another way there.",
	.remedy = "check that the server runs, and DATABASE_URL",
	.run = look,
};
