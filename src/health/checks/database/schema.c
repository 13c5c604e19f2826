/* Whether migrations got to their end, and the tables are what the revision says: as `owctl migrate verify` looks at
 * it, without the rows. */
#include "base/str.h"
#include "health/result.h"
#include "health/schema_words.h"

static fallible look_for_unfinished(struct checking *checking)
{
	const char *cut_off;
	bool goes_on;
	TRY(schema_is_unfinished(checking->installation, &cut_off, &goes_on));
	if (cut_off)
		checking_found(checking, cut_off,
			       "was begun by owctl and is not done: it is under way, or was cut off");
	else if (goes_on)
		checking_found(checking, NULL, "a run of owctl stopped behind %s, and has more to do",
			       checking->installation->revision->id);
	return NULL;
}

HEALTH_CHECK(unfinished) = {
	.code = "OW305",
	.name = "migration-finished",
	.title = "no migration is unfinished",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REVISION,
	.why = "Half-way from one revision to the next the database is neither: a server that is started on it fails, "
	       "or writes what is lost later. The table owctl_migration tells.",
	.remedy = "if none is running, `owctl migrate up` goes on where it was cut off; start servers after it",
	.run = look_for_unfinished,
};

/* ---- what is there, and what should be ---- */

static void tell(void *state, const struct schema_fault *fault)
{
	struct trouble *trouble = checking_found_as(state, fault->breaks ? SEVERITY_CRITICAL : SEVERITY_WARNING,
						    fault->place, "%s (%s)", fault->what, fault->name);
	if (fault->mend)
		trouble_remedy(trouble, text_starts(fault->mend, "owctl ") ? "`%s`" : "%s", fault->mend);
}

static fallible look_for_broken(struct checking *checking)
{
	return schema_each(checking->installation, SCHEMA_BROKEN, tell, checking);
}

HEALTH_CHECK(broken) = {
	.code = "OW306",
	.name = "migration-whole",
	.title = "no migration of Open WebUI's own left a broken state",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REVISION,
	.why = "Servers that were killed while they migrated, migrated at once, or went back a release leave tables "
	       "half made. `owctl migrate repair --help` describes each kind.",
	.remedy = "stop the servers; `owctl migrate repair --dry-run` tells what it would do, `owctl migrate repair` "
		  "does it",
	.page = "https://github.com/open-webui/open-webui/issues/21349",
	.run = look_for_broken,
};

static fallible look_for_missing(struct checking *checking)
{
	return schema_each(checking->installation, SCHEMA_MISSING, tell, checking);
}

HEALTH_CHECK(missing) = {
	.code = "OW307",
	.name = "schema-complete",
	.title = "all tables and columns of the revision are there",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REVISION,
	.why = "What is missing, or is of another type, fails whoever needs it: a chat that can't be opened, a page "
	       "that stays empty. What the chain of migrations makes is compared with what is there.",
	.remedy = "`owctl migrate repair`",
	.page = "https://github.com/open-webui/open-webui/issues/24253",
	.run = look_for_missing,
};

static fallible look_for_slow(struct checking *checking)
{
	return schema_each(checking->installation, SCHEMA_SLOW, tell, checking);
}

HEALTH_CHECK(slow) = {
	.code = "OW308",
	.name = "schema-indexes",
	.title = "all indexes and keys of the revision are there, and valid",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REVISION,
	.why = "Without an index each list of chats reads all of them; without a key rows may stand twice, or outlive "
	       "what they belong to.",
	.remedy = "`owctl migrate verify` prints the statements that make them",
	.run = look_for_slow,
};
