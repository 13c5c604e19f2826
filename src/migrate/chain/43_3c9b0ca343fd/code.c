/* SQLite makes the table anew. */
#include "migrate/chain/code.h"

static fallible find_blockers(struct blockers *blockers)
{
	static const char *const columns[] = {"id",	 "user_id",    "knowledge_id", "file_id",
					      "created_at", "updated_at", NULL};
	return blockers_of_rebuild(blockers, "knowledge_file", columns);
}

const struct chain_code chain_code_3c9b0ca343fd = {.find_blockers = find_blockers};
