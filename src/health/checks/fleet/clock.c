/* Whether the replicas' clocks show the same time: by the header Date, which has whole seconds. */
#include <stdlib.h>

#include "health/result.h"
#include "health/scene.h"

/* From here on it is a difference, and not a slow answer. */
#define NOTICED_S 5
/* Tokens are refused that seem to come from the future, and those of one-time passwords are no more good. */
#define HARMFUL_S 60

/* The middle of what the clocks are ahead of this machine's, so that one that is wrong does not count, also this. */
static int64_t usual(const struct scene *scene)
{
	const struct replica *one, *other;
	for (size_t i = 0; (one = scene_next(scene, &i));) {
		size_t below = 0, same = 0, all = 0;
		for (size_t j = 0; one->clock_known && (other = scene_next(scene, &j));) {
			below += other->clock_known && other->clock_ahead_s < one->clock_ahead_s;
			same += other->clock_known && other->clock_ahead_s == one->clock_ahead_s;
			all += other->clock_known;
		}
		if (all && below <= all / 2 && below + same > all / 2)
			return one->clock_ahead_s;
	}
	return 0;
}

static bool tells_time(const struct replica *replica)
{
	return replica->clock_known;
}

static fallible look_for_skew(struct checking *checking)
{
	if (scene_count(checking->scene, tells_time) < 2)
		result_skip(checking->result, "no two replicas tell the time");
	int64_t middle = usual(checking->scene);
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));) {
		int64_t ahead = replica->clock_ahead_s - middle;
		if (!replica->clock_known || llabs(ahead) < NOTICED_S)
			continue;
		checking_found_as(checking, llabs(ahead) < HARMFUL_S ? SEVERITY_WARNING : SEVERITY_CRITICAL,
				  replica->name, "has a clock that is %lld s %s the others'", llabs(ahead),
				  ahead > 0 ? "ahead of" : "behind");
	}
	return NULL;
}

HEALTH_CHECK(clock_skew) = {
	.code = "OW208",
	.name = "same-time",
	.title = "the clocks of all replicas show the same time",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS,
	.why = "A replica whose clock is behind refuses the tokens that others have just issued; one that is ahead "
	       "ends sessions early, and times in chats jump. A minute also breaks one-time passwords and signed "
	       "requests to S3.",
	.remedy = "have the clock of its host kept by NTP (`timedatectl status`)",
	.run = look_for_skew,
};

static fallible look_for_own(struct checking *checking)
{
	int64_t middle = usual(checking->scene);
	if (!scene_count(checking->scene, tells_time))
		result_skip(checking->result, "no replica tells the time");
	if (llabs(middle) >= NOTICED_S)
		checking_found(checking, NULL, "the clock of this machine is %lld s %s that of the replicas",
			       llabs(middle), middle > 0 ? "behind" : "ahead of");
	return NULL;
}

HEALTH_CHECK(own_clock) = {
	.code = "OW209",
	.name = "own-time",
	.title = "the clock of this machine shows the time of the replicas",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REPLICAS,
	.why = "Either this clock is wrong, and so are the times of backups that are made here, or those of all "
	       "replicas are.",
	.remedy = "have both kept by NTP (`timedatectl status`)",
	.run = look_for_own,
};
