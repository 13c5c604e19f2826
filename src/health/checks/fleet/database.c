/* Whether all replicas have the database of owctl's settings, and one that replicas can share. */
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_other(struct checking *checking)
{
	const struct replica *replica;
	size_t told = 0;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		told += replica->account != ACCOUNT_NOT_ASKED;
	if (!told)
		result_skip(checking->result, "no replica tells which accounts it knows: releases do from 0.12 on");
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (replica->account == ACCOUNT_MISSING)
			checking_found(checking, replica->name,
				       "is not on this database: it does not know the oldest account of %s",
				       checking->scene->database.display);
	return NULL;
}

HEALTH_CHECK(other_database) = {
	.code = "OW205",
	.name = "same-database",
	.title = "all replicas are on the database of the settings",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS | NEEDS_DATABASE | NEEDS_SECRET_KEY,
	.why = "A replica that fell back to a SQLite file of its own, or points to the database of another stage: "
	       "people find their chats, and lose them again with the next request. Backups and migrations of owctl "
	       "would be those of another database. The token that is tried names the oldest account; from 0.12 on "
	       "a replica tells whether it knows it.",
	.remedy = "compare DATABASE_URL (and DATABASE_HOST, ..) of this replica with that of owctl: "
		  "`owctl profile show --origin`",
	.run = look_for_other,
};

static fallible look_for_file(struct checking *checking)
{
	size_t count = scene_speaking(checking->scene);
	checking_found(checking, NULL, "%zu replicas are on one SQLite file, %s", count,
		       checking->scene->database.display);
	return NULL;
}

HEALTH_CHECK(shared_file) = {
	.code = "OW206",
	.name = "database-is-server",
	.title = "several replicas have a database server",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS | NEEDS_DATABASE | NEEDS_DATABASE_FILE,
	.why = "SQLite is for one machine: over a network its locks do not hold and the file is damaged, on one "
	       "machine the replicas keep one another waiting.",
	.remedy = "move to PostgreSQL: `owctl backup create`, then `owctl backup restore` into its DATABASE_URL",
	.page = "https://docs.openwebui.com/getting-started/advanced-topics/scaling/",
	.run = look_for_file,
};
