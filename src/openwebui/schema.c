#include "openwebui/schema.h"

#include <stddef.h>
#include <string.h>

#define OLDEST_FOR_ACCOUNTS REVISION_c440947495f3

/* Only what differs between the revisions from OLDEST_FOR_ACCOUNTS on, and only what owctl asks for. A table or column
 * that is not listed is there. */
static const struct schema_entry entries[] = {
	{"user", "scim", .since = REVISION_b2c3d4e5f6a7},
	{"user", "variables", .since = REVISION_b0018471bbbe},
	{"auth", "mfa", .since = REVISION_a7d3e9f2b641},
	{"auth", "session_stamp", .since = REVISION_a7d3e9f2b641},
	{"group", "parent_group_id", .since = REVISION_b8e4f0a3c752},
	{"group_member", NULL, .since = REVISION_37f288994c47},
	{"api_key", NULL, .since = REVISION_b10670c03dd5},
	{"oauth_session", NULL, .since = REVISION_38d63c18f30f},
	{"access_grant", NULL, .since = REVISION_f1e2d3c4b5a6},
	{"skill", NULL, .since = REVISION_a1b2c3d4e5f6},
	{"prompt_history", NULL, .since = REVISION_374d2f66af06},
	{"chat_message", NULL, .since = REVISION_8452d01d26d7},
	{"shared_chat", NULL, .since = REVISION_c1d2e3f4a5b6},
	{"automation", NULL, .since = REVISION_d4e5f6a7b8c9},
	{"calendar", NULL, .since = REVISION_56359461a091},
	{"calendar_event", NULL, .since = REVISION_56359461a091},
	{"calendar_event_attendee", NULL, .since = REVISION_56359461a091},
	{"pinned_note", NULL, .since = REVISION_4de81c2a3af1},
	{"knowledge_directory", NULL, .since = REVISION_3c9b0ca343fd},
	{"skill_history", NULL, .since = REVISION_d6a8c3f912ab},
	{"model_history", NULL, .since = REVISION_e7b9d4a023bc},
	{"tool_history", NULL, .since = REVISION_f8c0e5b134cd},
	{"function_history", NULL, .since = REVISION_f8c0e5b134cd},
	{"app", NULL, .since = REVISION_c92da83b017f},
	{"config", "key", .since = REVISION_3ff2c63645b8}, /* one row a key; before, one JSON document in config.data */
	{"config", "data", .until = REVISION_3ff2c63645b8},
	{.table = NULL},
};

const struct possession possessions[] = {
	{"chat_message", "user_id", "chat messages", true},
	{"shared_chat", "user_id", "shared chats", true},
	{"chat_file", "user_id", "chat attachments", true},
	{"chat", "user_id", "chats", true},
	{"group_member", "user_id", "group memberships", true},
	{"oauth_session", "user_id", "single sign-on sessions", true},
	{"api_key", "user_id", "API keys", true},
	{"auth", "id", "credentials", true},
	{"file", "user_id", "files", false},
	{"knowledge", "user_id", "knowledge bases", false},
	{"knowledge_file", "user_id", "files in knowledge bases", false},
	{"knowledge_directory", "user_id", "folders in knowledge bases", false},
	{"model", "user_id", "models", false},
	{"model_history", "user_id", "versions of models", false},
	{"prompt", "user_id", "prompts", false},
	{"prompt_history", "user_id", "versions of prompts", false},
	{"tool", "user_id", "tools", false},
	{"tool_history", "user_id", "versions of tools", false},
	{"function", "user_id", "functions", false},
	{"function_history", "user_id", "versions of functions", false},
	{"skill", "user_id", "skills", false},
	{"skill_history", "user_id", "versions of skills", false},
	{"note", "user_id", "notes", false},
	{"pinned_note", "user_id", "pinned notes", false},
	{"memory", "user_id", "memories", false},
	{"folder", "user_id", "folders", false},
	{"tag", "user_id", "tags", false},
	{"feedback", "user_id", "feedback entries", false},
	{"channel", "user_id", "channels", false},
	{"channel_member", "user_id", "channel memberships", false},
	{"channel_file", "user_id", "files in channels", false},
	{"channel_webhook", "user_id", "channel webhooks", false},
	{"message", "user_id", "channel messages", false},
	{"message_reaction", "user_id", "reactions", false},
	{"automation", "user_id", "automations", false},
	{"calendar", "user_id", "calendars", false},
	{"calendar_event", "user_id", "calendar events", false},
	{"calendar_event_attendee", "user_id", "invitations", false},
	{"app", "user_id", "apps", false},
	{"group", "user_id", "groups created", false},
	{"document", "user_id", "documents of old releases", false},
	{"chatidtag", "user_id", "tags of chats of old releases", false},
	{NULL, NULL, NULL, false},
};

static bool lives(const struct schema_entry *entry, const struct revision *revision)
{
	return revision_reaches(revision, entry->since) &&
	       !(entry->until && revision_reaches(revision, entry->until));
}

bool schema_has(const struct revision *revision, const char *table, const char *column)
{
	for (const struct schema_entry *entry = entries; entry->table; entry++) {
		bool whole = !entry->column, same = column && entry->column && !strcmp(entry->column, column);
		if (!strcmp(entry->table, table) && (whole || same) && !lives(entry, revision))
			return false;
	}
	return true;
}

bool schema_has_table(const struct revision *revision, const char *table)
{
	return schema_has(revision, table, NULL);
}

bool schema_ends_sessions_in_redis(const struct revision *revision)
{
	return revision_reaches(revision, REVISION_56359461a091);
}

bool schema_knows_argon2(const struct revision *revision)
{
	return revision_reaches(revision, REVISION_3ff2c63645b8);
}

bool schema_shares_with_members(const struct revision *revision)
{
	return revision_reaches(revision, REVISION_b2c3d4e5f6a7);
}

const struct revision *schema_oldest_for_accounts(void)
{
	return revision_at(OLDEST_FOR_ACCOUNTS);
}
