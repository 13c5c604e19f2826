/* SQLite makes the table anew. */
#include "migrate/chain/code.h"

static fallible find_blockers(struct blockers *blockers)
{
	static const char *const columns[] = {
		"id", "channel_id", "user_id", "created_at", "status", "is_active", "is_channel_muted",
		"is_channel_pinned", "data", "meta", "joined_at", "left_at", "last_read_at", "updated_at", "role",
		"invited_by", "invited_at", NULL};
	return blockers_of_rebuild(blockers, "channel_member", columns);
}

const struct chain_code chain_code_c92da83b017f = {.find_blockers = find_blockers};
