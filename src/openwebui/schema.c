#include "openwebui/schema.h"

#include <stddef.h>
#include <string.h>

#define OLDEST_FOR_ACCOUNTS "c440947495f3"

/* Only what differs between the revisions from OLDEST_FOR_ACCOUNTS on, and only what owctl asks for. A table or column
 * that is not listed is there. */
static const struct schema_entry entries[] = {
	{"user", "scim", "b2c3d4e5f6a7", NULL},
	{"user", "variables", "b0018471bbbe", NULL},
	{"auth", "mfa", "a7d3e9f2b641", NULL},
	{"auth", "session_stamp", "a7d3e9f2b641", NULL},
	{"group", "parent_group_id", "b8e4f0a3c752", NULL},
	{"group_member", NULL, "37f288994c47", NULL},
	{"api_key", NULL, "b10670c03dd5", NULL},
	{"oauth_session", NULL, "38d63c18f30f", NULL},
	{"access_grant", NULL, "f1e2d3c4b5a6", NULL},
	{"skill", NULL, "a1b2c3d4e5f6", NULL},
	{"prompt_history", NULL, "374d2f66af06", NULL},
	{"chat_message", NULL, "8452d01d26d7", NULL},
	{"shared_chat", NULL, "c1d2e3f4a5b6", NULL},
	{"automation", NULL, "d4e5f6a7b8c9", NULL},
	{"calendar", NULL, "56359461a091", NULL},
	{"calendar_event", NULL, "56359461a091", NULL},
	{"calendar_event_attendee", NULL, "56359461a091", NULL},
	{"pinned_note", NULL, "4de81c2a3af1", NULL},
	{"knowledge_directory", NULL, "3c9b0ca343fd", NULL},
	{"skill_history", NULL, "d6a8c3f912ab", NULL},
	{"model_history", NULL, "e7b9d4a023bc", NULL},
	{"tool_history", NULL, "f8c0e5b134cd", NULL},
	{"function_history", NULL, "f8c0e5b134cd", NULL},
	{"app", NULL, "c92da83b017f", NULL},
	{"config", "key", "3ff2c63645b8", NULL}, /* one row a key; before, one JSON document in config.data */
	{"config", "data", NULL, "3ff2c63645b8"},
	{NULL, NULL, NULL, NULL},
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

bool revision_reaches(const struct revision *revision, const char *id)
{
	return revision->ordinal >= revision_find(id)->ordinal;
}

static bool lives(const struct schema_entry *entry, const struct revision *revision)
{
	return (!entry->since || revision_reaches(revision, entry->since)) &&
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
	return revision_reaches(revision, "56359461a091");
}

bool schema_knows_argon2(const struct revision *revision)
{
	return revision_reaches(revision, "3ff2c63645b8");
}

bool schema_shares_with_members(const struct revision *revision)
{
	return revision_reaches(revision, "b2c3d4e5f6a7");
}

const struct revision *schema_oldest_for_accounts(void)
{
	return revision_find(OLDEST_FOR_ACCOUNTS);
}
