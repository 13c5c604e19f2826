/* Whether rows of `file` and what lies in the place of uploads belong together: health/uploads.h. */
#include "base/memory.h"
#include "base/number.h"
#include "health/result.h"
#include "health/scene.h"

/* From this share on it is not single files any more. */
#define MANY_PERCENT 10

/* ERR_.. of the comparison: the check could not find out. */
static fallible compared(const struct uploads_seen *seen)
{
	if (!seen->failure)
		return NULL;
	AUTO(memory) char *why = error_text(seen->failure);
	return error_new(seen->failure->code, "%s", why);
}

/* ", so many of so many rows were looked at", where it was not all of them. */
static char *share_of(const struct uploads_seen *seen)
{
	return seen->looked + seen->foreign < seen->rows && seen->rows > UPLOADS_MOST
		       ? text_format("; %lld of %lld rows were looked at, drawn at random", (long long)seen->looked,
				     (long long)seen->rows)
		       : text_copy("");
}

static fallible look_for_missing(struct checking *checking)
{
	const struct uploads_seen *seen = &checking->scene->storage.uploads;
	TRY(compared(seen));
	if (!seen->missing)
		return NULL;
	AUTO(memory) char *share = share_of(seen);
	AUTO(memory) char *names = strings_join(&seen->missing_names, ", ");
	bool many = seen->missing * 100 >= seen->looked * MANY_PERCENT;
	checking_found_as(checking, many ? SEVERITY_CRITICAL : SEVERITY_WARNING, NULL,
			  "%lld of %lld files that people uploaded are not in %s%s: %s%s%s", (long long)seen->missing,
			  (long long)seen->looked, checking->scene->storage.display,
			  checking->scene->storage.unmade ? ", which is not there" : "", names,
			  (size_t)seen->missing > seen->missing_names.count ? ", .." : "", share);
	return NULL;
}

HEALTH_CHECK(missing) = {
	.code = "OW505",
	.name = "uploads-present",
	.title = "every uploaded file that the database names is there",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_STORAGE | NEEDS_DATABASE,
	.why = "Whoever opens such a file, or a chat with it, gets an error; a container without a volume at DATA_DIR "
	       "loses all of them when it is replaced. Names in the place of uploads are held against the rows of "
	       "`file`; of more than 5,000 rows, a part that is drawn anew each time. From 10 % on it is critical.",
	.remedy = "`owctl backup restore --files-only` brings files back; see that DATA_DIR is on a volume, "
		  "and the same for owctl as for the servers",
	.run = look_for_missing,
};

static fallible look_for_orphans(struct checking *checking)
{
	const struct uploads_seen *seen = &checking->scene->storage.uploads;
	TRY(compared(seen));
	if (seen->foreign || !seen->rows)
		result_skip(checking->result, "which blobs have no row can't be told while paths of files lead "
					      "elsewhere, or there are no files");
	if (seen->foreign || !seen->rows || !seen->orphans)
		return NULL;
	AUTO(memory) char *share = share_of(seen);
	AUTO(memory) char *bytes = number_bytes(seen->orphan_bytes);
	AUTO(memory) char *names = strings_join(&seen->orphan_names, ", ");
	checking_found(checking, NULL, "%lld blobs of %s are named by no row: %s%s%s", (long long)seen->orphans, bytes,
		       names, (size_t)seen->orphans > seen->orphan_names.count ? ", .." : "", share);
	return NULL;
}

HEALTH_CHECK(orphans) = {
	.code = "OW506",
	.name = "uploads-known",
	.title = "every blob in the place of uploads belongs to a file",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_STORAGE | NEEDS_DATABASE,
	.why = "They take room and hold what people believe to be deleted. Chats and accounts that are deleted leave "
	       "them behind. Only names that Open WebUI gives are counted, from an hour on.",
	.remedy = "make sure that no other installation keeps its uploads there; then they can be removed: what is "
		  "called ID_NAME, and has no row in `file` with that id",
	.run = look_for_orphans,
};

static fallible look_for_foreign(struct checking *checking)
{
	const struct uploads_seen *seen = &checking->scene->storage.uploads;
	TRY(compared(seen));
	if (!seen->foreign)
		return NULL;
	AUTO(memory) char *paths = strings_join(&seen->foreign_paths, ", ");
	checking_found(checking, NULL, "%lld files have paths of another storage provider than %s: %s%s",
		       (long long)seen->foreign, checking->scene->storage.display, paths,
		       (size_t)seen->foreign > seen->foreign_paths.count ? ", .." : "");
	return NULL;
}

HEALTH_CHECK(foreign_paths) = {
	.code = "OW507",
	.name = "uploads-one-provider",
	.title = "the paths of all uploaded files are those of STORAGE_PROVIDER",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_STORAGE | NEEDS_DATABASE,
	.why = "A server finds files by the provider that is set now: after a change of STORAGE_PROVIDER those from "
	       "before can't be opened any more, though they are still where they were.",
	.remedy = "`owctl backup create` with the old settings and `owctl backup restore` with the new ones moves "
		  "files and paths; or set STORAGE_PROVIDER back",
	.page = "https://github.com/open-webui/open-webui/issues/29620",
	.run = look_for_foreign,
};
