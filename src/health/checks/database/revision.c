/* Whether the database is at the revision that the running release wants. */
#include "health/majority.h"
#include "health/result.h"
#include "openwebui/release.h"

static fallible look_for_none(struct checking *checking)
{
	const struct database_sight *database = &checking->scene->database;
	if (database->standing == STANDING_EMPTY)
		checking_found(checking, NULL, "the database records no revision: no Open WebUI was there yet");
	else if (database->standing == STANDING_BROKEN)
		trouble_remedy(checking_found(checking, NULL, "the database records several revisions at once: %s",
					      database->recorded),
			       "`owctl migrate repair` tells which of them stays, and does it");
	return NULL;
}

HEALTH_CHECK(no_revision) = {
	.code = "OW302",
	.name = "revision-recorded",
	.title = "the database records one revision",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE,
	.why = "alembic_version tells what the schema is. Two rows are left by two migrations at once, none by a "
	       "database that is empty, or not Open WebUI's.",
	.remedy = "check that DATABASE_URL names the right database; `owctl migrate up` makes a new one",
	.run = look_for_none,
};

static fallible look_for_unknown(struct checking *checking)
{
	const struct database_sight *database = &checking->scene->database;
	if (database->standing == STANDING_UNKNOWN)
		checking_found(checking, NULL, "the database is at revision %s, which this owctl does not know",
			       database->recorded);
	return NULL;
}

HEALTH_CHECK(unknown_revision) = {
	.code = "OW303",
	.name = "revision-known",
	.title = "this owctl knows the revision of the database",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_DATABASE,
	.why = "It is of a release that came out after this owctl, or of another program. What of the schema is right "
	       "or wrong can't be told then.",
	.remedy = "use an owctl that is as new as the release",
	.run = look_for_unknown,
};

static const char *release_here(const struct replica *replica)
{
	return replica->account == ACCOUNT_MISSING ? NULL : replica->release; /* else it is on another database */
}

/* By the release that most replicas run: that the others run another one has a check of its own. */
static fallible look_for_other(struct checking *checking)
{
	const char *version = majority_of(checking->scene, release_here);
	const struct release *release = version ? release_find(version) : NULL;
	if (!release)
		return NULL;
	const struct revision *is = checking->scene->database.revision, *wanted = revision_find(release->head);
	if (is->ordinal < wanted->ordinal)
		trouble_remedy(checking_found(checking, NULL,
					      "Open WebUI %s wants revision %s, and the database is at %s, %d before "
					      "it",
					      release->version, wanted->id, is->id, wanted->ordinal - is->ordinal),
			       "`owctl migrate plan` tells what is to come, `owctl migrate up --to %s` does it",
			       release->version);
	else if (is->ordinal > wanted->ordinal)
		trouble_remedy(checking_found(checking, NULL,
					      "Open WebUI %s knows nothing later than revision %s, and the database is "
					      "at %s",
					      release->version, wanted->id, is->id),
			       "start a release that knows it; there is no way back but the backup from before: "
			       "`owctl backup list`");
	return NULL;
}

HEALTH_CHECK(other_revision) = {
	.code = "OW304",
	.name = "revision-of-release",
	.title = "the database is at the revision of the release that runs",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE | NEEDS_REVISION | NEEDS_REPLICAS,
	.why = "With an older one the server fails at whatever needs what is missing (before 0.11.3 it started all the "
	       "same); with a newer one it meets tables that it can't write to.",
	.remedy = "`owctl migrate status`",
	.page = "https://github.com/open-webui/open-webui/issues/24253",
	.run = look_for_other,
};
