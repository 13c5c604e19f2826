/* SQLite makes the table anew. */
#include "migrate/chain/code.h"

static fallible find_blockers(struct blockers *blockers)
{
	static const char *const columns[] = {"id",   "user_id",     "name",       "description", "data",
					      "meta", "permissions", "user_ids",   "created_at",  "updated_at", NULL};
	return blockers_of_rebuild(blockers, "group", columns);
}

const struct chain_code chain_code_b8e4f0a3c752 = {.find_blockers = find_blockers};
