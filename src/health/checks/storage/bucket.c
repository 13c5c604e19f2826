/* What a bucket says of itself: who may read it, whether it keeps versions, in which region it is. */
#include <string.h>
#include <strings.h>

#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

static fallible look_for_public(struct checking *checking)
{
	const struct storage_sight *uploads = &checking->scene->storage;
	const struct repository_sight *repository = &checking->scene->repository;
	if (uploads->facts.is_public == STORE_SAYS_NOTHING && repository->facts.is_public == STORE_SAYS_NOTHING)
		result_skip(checking->result, "there is no bucket that says who may read it");
	if (uploads->facts.is_public == STORE_SAYS_YES)
		checking_found(checking, uploads->display, "can be read by anybody: uploads are in it");
	if (repository->facts.is_public == STORE_SAYS_YES)
		checking_found(checking, repository->display,
			       "is open to anybody: backups are in it, encrypted, and can be deleted or copied");
	return NULL;
}

HEALTH_CHECK(public_bucket) = {
	.code = "OW510",
	.name = "bucket-private",
	.title = "the buckets of uploads and backups are not public",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.why = "Whoever has the address reads what people uploaded, without an account. The bucket is asked for its "
	       "policy's status and its list of grants, as far as the credentials may; and its list and one object are "
	       "asked for without any.",
	.remedy = "take back the policy (`aws s3api delete-bucket-policy`, `mc anonymous set none`), and switch on "
		  "Block Public Access",
	.run = look_for_public,
};

static fallible look_for_no_versions(struct checking *checking)
{
	const struct storage_sight *seen = &checking->scene->storage;
	if (seen->facts.keeps_versions == STORE_SAYS_NOTHING)
		result_skip(checking->result, "uploads are in no bucket that says whether it keeps versions");
	else if (seen->facts.keeps_versions == STORE_SAYS_NO)
		checking_found(checking, seen->display, "keeps no versions");
	return NULL;
}

HEALTH_CHECK(no_versions) = {
	.code = "OW511",
	.name = "bucket-versions",
	.title = "the bucket of uploads keeps versions",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_STORAGE,
	.why = "What is deleted or overwritten there by mistake is gone, but for what a backup has.",
	.remedy = "`aws s3api put-bucket-versioning` (`mc version enable`), with a rule that ends old versions; "
		  "`owctl backup create` on a schedule does as well",
	.run = look_for_no_versions,
};

/* ---- residency ---- */

static bool is_allowed(const struct strings *allowed, const char *region)
{
	for (size_t i = 0; i < allowed->count; i++)
		if (!strncasecmp(region, allowed->items[i], strlen(allowed->items[i])))
			return true;
	return false;
}

static void judge(struct checking *checking, const struct strings *allowed, const char *display, const char *region)
{
	if (region && !is_allowed(allowed, region))
		checking_found(checking, display, "is in region %s, which OWCTL_DATA_REGION does not allow", region);
}

static fallible look_for_elsewhere(struct checking *checking)
{
	const struct storage_sight *uploads = &checking->scene->storage;
	const struct repository_sight *repository = &checking->scene->repository;
	const char *said = NULL;
	AUTO(strings) struct strings allowed = {0};
	TRY(settings_get(checking->settings, "OWCTL_DATA_REGION", &said));
	if (!said) {
		result_skip(checking->result, "OWCTL_DATA_REGION is not set");
		return NULL;
	}
	strings_split(&allowed, said, ',');
	judge(checking, &allowed, uploads->display, uploads->facts.region);
	judge(checking, &allowed, repository->display, repository->facts.region);
	bool untold = (uploads->sight.seen && !uploads->local && !uploads->facts.region) ||
		      (repository->sight.seen && !repository->local && !repository->facts.region);
	return untold && !checking->result->count
		       ? error_new(ERR_FAILED, "a store does not say in which region it is")
		       : NULL;
}

HEALTH_CHECK(elsewhere) = {
	.code = "OW512",
	.name = "data-region",
	.title = "uploads and backups are in a region that OWCTL_DATA_REGION allows",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.why = "Where personal data may be is a matter of law and of contracts. The bucket itself is asked "
	       "(GetBucketLocation). OWCTL_DATA_REGION has regions, or what their names begin with, separated by "
	       "commas: `eu-,europe-`.",
	.remedy = "move the bucket: `owctl backup create`, then `owctl backup restore` with the settings of one in "
		  "an allowed region; a repository anew with `owctl repo init`",
	.run = look_for_elsewhere,
};
