/* Whether there are backups, and new enough ones. The rules are those of `owctl backup status` (backup/freshness.h). */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_none(struct checking *checking)
{
	if (checking->scene->repository.sight.absent && checking->scene->database.sight.seen)
		checking_found(checking, NULL, "owctl is told of no backups");
	return NULL;
}

/* Information alone: who backs up the volume or the database server by other means is no worse off for this. */
HEALTH_CHECK(no_repository) = {
	.code = "OW901",
	.name = "backups-known",
	.title = "OWCTL_REPOSITORY says where backups are",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_INFO,
	.certainty = CERTAINTY_LIKELY,
	.why = "A bad migration, a disk, or one wrong click loses what there is no copy of. Backups that are made by "
	       "other means can't be seen from here, nor whether they can be restored.",
	.remedy = "`owctl repo init LOCATION`, set OWCTL_REPOSITORY to it, and run `owctl backup create` every day",
	.run = look_for_none,
};

static fallible look_for_unreached(struct checking *checking)
{
	const struct sight *sight = &checking->scene->repository.sight;
	if (sight->absent)
		result_skip(checking->result, "OWCTL_REPOSITORY is not set");
	if (sight->failure)
		checking_found_failure(checking, "the repository of backups can't be used", sight->failure);
	return NULL;
}

HEALTH_CHECK(unreached) = {
	.code = "OW902",
	.name = "repository-reached",
	.title = "the repository of backups answers",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_CRITICAL,
	.why = "No backup is made as long as it does not, and none can be restored.",
	.remedy = "`owctl repo info` tries the same alone",
	.run = look_for_unreached,
};

/* ---- age ---- */

#define VERY_OLD 3 /* times as old as it may be: it is no backup that was late */

static const struct newest *freshest_of(const struct newest_list *list)
{
	const struct newest *freshest = NULL;
	for (size_t i = 0; i < list->count; i++)
		if (!freshest || list->items[i].time > freshest->time)
			freshest = &list->items[i];
	return freshest;
}

static fallible look_for_old(struct checking *checking)
{
	const struct repository_sight *seen = &checking->scene->repository;
	const struct newest *newest = freshest_of(&seen->newest);
	if (!newest || !*newest->snapshot) {
		checking_found(checking, seen->display, "has no good snapshot");
		return NULL;
	}
	int64_t age = freshness_age(newest->time, checking->scene->now);
	AUTO(memory) char *text = freshness_age_text(age);
	if (age > FRESHNESS_AGE_S)
		checking_found_as(checking, age > VERY_OLD * FRESHNESS_AGE_S ? SEVERITY_CRITICAL : SEVERITY_WARNING,
				  seen->display, "has nothing newer than snapshot %s of \"%s\", which is %s old",
				  newest->snapshot, newest->label, text);
	return NULL;
}

HEALTH_CHECK(too_old) = {
	.code = "OW903",
	.name = "backup-fresh",
	.title = "the newest good snapshot is not older than 26 hours",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPOSITORY,
	.why = "A job that stopped running tells nobody. Good is a snapshot that lacks no file. From 26 hours on it "
	       "is a warning, from three times as much on, and where there is none, critical.",
	.remedy = "see what the last `owctl backup create` said; `owctl backup status --max-age` is for another "
		  "rhythm, with --skip OW903 here",
	.run = look_for_old,
};

/* ---- incomplete ones ---- */

#define IN_A_ROW 3

static fallible look_for_incomplete(struct checking *checking)
{
	const struct newest *newest = freshest_of(&checking->scene->repository.newest);
	if (newest && newest->passed_over >= IN_A_ROW)
		checking_found(checking, checking->scene->repository.display,
			       "has %llu snapshots in a row of \"%s\" that lack files, or are of the future",
			       (unsigned long long)newest->passed_over, newest->label);
	return NULL;
}

HEALTH_CHECK(incomplete) = {
	.code = "OW904",
	.name = "backup-complete",
	.title = "the newest snapshots lack no files",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REPOSITORY,
	.why = "Each has the database, and not all that people uploaded: files that rows name were not there, or could "
	       "not be read. From three in a row on it is no chance.",
	.remedy = "`owctl backup create` names what it misses; OW505 tells of the same files",
	.run = look_for_incomplete,
};
