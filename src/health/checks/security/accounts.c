/* Administrators and API keys. */
#include "health/result.h"
#include "health/scene.h"
#include "openwebui/config.h"
#include "openwebui/schema.h"

#define MANY_ADMINS 10
#define MANY_PERCENT 10

static fallible look_for_admins(struct checking *checking)
{
	struct db *db = checking->installation->db;
	int64_t users, admins;
	TRY(db_single_integer(db, "select count(*) from \"user\"", NULL, 0, &users));
	TRY(db_single_integer(db, "select count(*) from \"user\" where role = 'admin'", NULL, 0, &admins));
	if (users && !admins)
		checking_found_as(checking, SEVERITY_CRITICAL, NULL, "none of %lld accounts is an administrator",
				  (long long)users);
	else if (admins > MANY_ADMINS && admins * 100 > users * MANY_PERCENT)
		checking_found(checking, NULL, "%lld of %lld accounts are administrators", (long long)admins,
			       (long long)users);
	return NULL;
}

HEALTH_CHECK(admins) = {
	.code = "OW804",
	.name = "few-admins",
	.title = "a few accounts are administrators",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_DATABASE | NEEDS_REVISION,
	.stage = CHECK_IN_DATABASE,
	.why = "Administrators read everybody's chats, and run code on the server by functions and tools. Without any, "
	       "nobody can change a setting: that is critical. More than ten that are more than a tenth are told.",
	.remedy = "`owctl user list --role admin`, `owctl user update EMAIL --role user` (or admin)",
	.run = look_for_admins,
};

static fallible is_set(const struct checking *checking, const char *key, bool *set)
{
	json_auto_t *value = NULL;
	TRY(config_read(checking->installation, key, &value));
	*set = json_is_true(value);
	return NULL;
}

static fallible look_for_keys(struct checking *checking)
{
	struct db *db = checking->installation->db;
	int64_t keys, of_admins;
	bool on, restricted;
	TRY(is_set(checking, "auth.enable_api_keys", &on));
	TRY(is_set(checking, "auth.api_key.endpoint_restrictions", &restricted));
	if (!on || restricted || !schema_has_table(checking->installation->read_as, "api_key"))
		return NULL;
	TRY(db_single_integer(db, "select count(*) from api_key where expires_at is null", NULL, 0, &keys));
	TRY(db_single_integer(db,
			      "select count(*) from api_key k join \"user\" u on u.id = k.user_id "
			      "where k.expires_at is null and u.role = 'admin'",
			      NULL, 0, &of_admins));
	if (keys)
		checking_found(checking, NULL,
			       "%lld API keys, %lld of them of administrators, never end and may do anything",
			       (long long)keys, (long long)of_admins);
	return NULL;
}

HEALTH_CHECK(mighty_keys) = {
	.code = "OW805",
	.name = "api-keys-held",
	.title = "API keys end, or may do only what they are for",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_DATABASE | NEEDS_REVISION,
	.stage = CHECK_IN_DATABASE,
	.why = "A key does all that its owner may, stands in scripts in the clear, and outlives who wrote them. No "
	       "release up to 0.12 gives a key an end by itself.",
	.remedy = "Admin Panel, Settings, General: restrict API keys to the endpoints that scripts need "
		  "(ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS); give scripts accounts that are no administrators",
	.run = look_for_keys,
};
