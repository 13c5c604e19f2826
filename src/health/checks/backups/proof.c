/* Whether backups were ever tried, and whether a thief could delete them. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

#define DRILL_DAYS 35

static fallible look_for_drills(struct checking *checking)
{
	const struct repository_sight *seen = &checking->scene->repository;
	for (size_t i = 0; i < seen->newest.count; i++) {
		const struct newest *newest = &seen->newest.items[i];
		const struct drilled *drilled = &seen->drilled[i];
		int64_t age = freshness_age(drilled->time, checking->scene->now);
		AUTO(memory) char *text = freshness_age_text(age);
		if (text_equal(drilled->outcome, "failed"))
			checking_found_as(checking, SEVERITY_WARNING, seen->display,
					  "has a snapshot of \"%s\" whose restore failed in the last drill",
					  newest->label);
		else if (!drilled->time && *newest->snapshot)
			checking_found(checking, seen->display, "has snapshots of \"%s\" that nobody tried to restore",
				       newest->label);
		else if (drilled->time && age > DRILL_DAYS * INT64_C(86400))
			checking_found(checking, seen->display, "has snapshots of \"%s\" that were last tried %s ago",
				       newest->label, text);
	}
	return NULL;
}

HEALTH_CHECK(no_drill) = {
	.code = "OW905",
	.name = "backup-tried",
	.title = "a snapshot was restored for a try in the last 35 days",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_REPOSITORY,
	.why = "Whether a backup can be restored is known when it was. A drill that failed is a warning.",
	.remedy = "`owctl backup drill` restores the newest one into a scratch place, and looks at it",
	.run = look_for_drills,
};

static fallible look_for_deletable(struct checking *checking)
{
	const struct repository_sight *seen = &checking->scene->repository;
	if (!seen->locked && seen->facts.keeps_versions == STORE_SAYS_NO) /* of what says nothing nothing is known */
		checking_found(checking, seen->display,
			       "keeps no object from being deleted, by whoever has the credentials of this machine");
	return NULL;
}

HEALTH_CHECK(deletable) = {
	.code = "OW906",
	.name = "backup-immutable",
	.title = "whoever breaks in here can't delete the backups",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_REPOSITORY,
	.why = "Who encrypts an installation to extort money looks for its backups first. A bucket with object lock, "
	       "or one that keeps versions and whose credentials can't delete these, withstands that.",
	.remedy = "a bucket that was made with object lock, and lock=30d in OWCTL_REPOSITORY; or versions (`aws s3api "
		  "put-bucket-versioning`), and credentials without s3:DeleteObjectVersion",
	.run = look_for_deletable,
};
