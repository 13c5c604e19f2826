#include "base/run_id.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/journal.h"
#include "base/random.h"

#define INVOCATION_SIZE 32

static char id[RUN_ID_LONGEST + 1];
static bool refused; /* OWCTL_RUN_ID is no id */

static bool is_id(const char *text)
{
	size_t size = strlen(text);
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.:", *c))
			return false;
	return size > 0 && size <= RUN_ID_LONGEST;
}

static const char *invocation(void)
{
	const char *text = getenv("INVOCATION_ID");
	bool whole = text && strlen(text) == INVOCATION_SIZE && is_id(text);
	return whole && journal_reads(STDERR_FILENO) ? text : NULL;
}

void run_id_begin(void)
{
	const char *given = getenv("OWCTL_RUN_ID");
	char uuid[UUID_TEXT_SIZE];
	given = given && *given ? given : invocation();
	refused = given && !is_id(given);
	if (!given || refused) {
		random_uuid(uuid);
		given = uuid;
	}
	snprintf(id, sizeof id, "%s", given);
}

const char *run_id(void)
{
	return id;
}

fallible run_id_check(void)
{
	if (!refused)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "OWCTL_RUN_ID (environment) is no name of a run"),
			  "up to %d letters, digits, \"-\", \"_\", \".\" and \":\", as in OWCTL_RUN_ID=deploy-4711; "
			  "or unset it",
			  RUN_ID_LONGEST);
}
