/* Whether the place of uploads is there, takes what is written, and gives it back. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

/* A folder may belong to the server's user, who owctl need not be: then nothing is known. */
static bool is_not_ours(const struct storage_sight *seen, const struct error *failure)
{
	return seen->local && failure->code == ERR_PERMISSION;
}

/* Whether files are missing for it, OW505 tells. */
#define NO_FOLDER "there is no folder of uploads in DATA_DIR"

static fallible look_for_unreached(struct checking *checking)
{
	const struct storage_sight *seen = &checking->scene->storage;
	const struct sight *sight = &seen->sight;
	if (sight->absent)
		result_skip(checking->result, "it is not known where uploads are");
	else if (seen->unmade)
		result_skip(checking->result, NO_FOLDER);
	if (!sight->failure)
		return NULL;
	AUTO(memory) char *why = error_text(sight->failure);
	if (is_not_ours(seen, sight->failure))
		return error_new(ERR_PERMISSION, "%s", why);
	checking_found_failure(checking, "the place of uploads can't be used", sight->failure);
	return NULL;
}

HEALTH_CHECK(unreached) = {
	.code = "OW501",
	.name = "uploads-reached",
	.title = "the place of uploads answers",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.why = "Without it nobody can upload or download a file, and no file is read into a chat. It is opened as "
	       "STORAGE_PROVIDER and the settings of the provider say, from where owctl runs.",
	.remedy = "check STORAGE_PROVIDER and the provider's settings (S3_BUCKET_NAME, S3_ENDPOINT_URL, ..)",
	.run = look_for_unreached,
};

static void skip_untried(struct checking *checking)
{
	result_skip(checking->result, checking->scene->storage.unmade
					      ? NO_FOLDER
					      : "the probe of the store is left out: --read-only");
}

static fallible look_for_refusal(struct checking *checking)
{
	const struct probe_of_store *probe = &checking->scene->storage.probe;
	if (!probe->done) {
		skip_untried(checking);
	} else if (probe->failure) {
		AUTO(memory) char *why = error_text(probe->failure);
		if (is_not_ours(&checking->scene->storage, probe->failure))
			return error_new(ERR_PERMISSION, "%s (--read-only leaves the probe out)", why);
		struct trouble *trouble = checking_found(checking, NULL, "%s a probe failed: %s", probe->step, why);
		if (error_hint_text(probe->failure))
			trouble_remedy(trouble, "%s", error_hint_text(probe->failure));
	} else if (probe->differs) {
		checking_found(checking, NULL, "what was written as a probe is read back otherwise");
	}
	return NULL;
}

HEALTH_CHECK(refused) = {
	.code = "OW502",
	.name = "uploads-kept",
	.title = "the place of uploads takes an object, gives it back, and lets it go",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_STORAGE,
	.why = "A disk that is full or was mounted read-only, a quota, rights that lack one action: uploads then fail "
	       "with an error that names none of this. 4 kB are written as owctl-health-.., read, compared and "
	       "removed. owctl writes with its own rights: where it may not write to a folder, nothing is known.",
	.remedy = "see that the server's account may write there, and that there is room",
	.run = look_for_refusal,
};

#define SLOW_US 1000000
#define VERY_SLOW_US 5000000

static fallible look_for_slow(struct checking *checking)
{
	const struct probe_of_store *probe = &checking->scene->storage.probe;
	int64_t worst = probe->write_us > probe->read_us ? probe->write_us : probe->read_us;
	if (!probe->done)
		skip_untried(checking);
	else if (!probe->failure && worst >= SLOW_US)
		checking_found_as(checking, worst >= VERY_SLOW_US ? SEVERITY_CRITICAL : SEVERITY_WARNING, NULL,
				  "writing 4 kB took %lld ms, reading them %lld ms", (long long)probe->write_us / 1000,
				  (long long)probe->read_us / 1000);
	return NULL;
}

HEALTH_CHECK(slow) = {
	.code = "OW503",
	.name = "uploads-quick",
	.title = "the place of uploads answers quickly",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_STORAGE,
	.why = "A server reads and writes files in its own threads: while one waits for the store, others wait for a "
	       "thread. From 1 s for 4 kB on it is told, from 5 s on it is critical.",
	.remedy = "look at the load of the store, and at the way there: a bucket of another region, a network disk",
	.run = look_for_slow,
};
