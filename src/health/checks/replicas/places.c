/* Whether the replicas that are looked at are all that there are. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

static void tell_of_unfound(struct checking *checking, const struct unfound *unfound)
{
	if (!unfound->failure) {
		checking_found(checking, unfound->place, "has no replicas");
		return;
	}
	AUTO(memory) char *why = error_text(unfound->failure);
	const char *hint = error_hint_text(unfound->failure);
	struct trouble *trouble =
		checking_found(checking, unfound->place, "could not be asked for all of its replicas: %s", why);
	if (hint)
		trouble_remedy(trouble, "%s", hint);
}

static fallible look_for_missing(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct replicas *replicas = &fleet->replicas;
	if (!replicas->count) {
		result_skip(checking->result, "no replica was found");
		return NULL;
	}
	for (size_t i = 0; i < fleet->unfound_count; i++)
		tell_of_unfound(checking, &fleet->unfound[i]);
	if (replicas->left_out)
		checking_found(checking, NULL, "only the first %d replicas are looked at, of %zu or more",
			       REPLICAS_MOST, replicas->count + replicas->left_out);
	return NULL;
}

HEALTH_CHECK(all_places) = {
	.code = "OW105",
	.name = "all-replicas-found",
	.title = "the replicas of every place are found and looked at",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_WARNING,
	.why = "Of several places where replicas are looked for, one that can't be asked, or has none, hides what it "
	       "would have: the others are looked at all the same, but nobody knows how the rest is. More than 1000 "
	       "replicas are not looked at, so that a name server or an orchestrator that is wrong floods nobody.",
	.remedy = "check what OWCTL_REPLICAS or --replica names; look at more than 1000 replicas a part at a time",
	.run = look_for_missing,
};
