/* SQLite makes the table anew. */
#include "migrate/chain/code.h"

static fallible find_blockers(struct blockers *blockers)
{
	static const char *const columns[] = {"id",	    "user_id",	  "channel_id", "file_id",
					      "created_at", "updated_at", NULL};
	return blockers_of_rebuild(blockers, "channel_file", columns);
}

const struct chain_code chain_code_81cc2ce44d79 = {.find_blockers = find_blockers};
