/* Who gets in, and as what. */
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "health/address.h"
#include "health/result.h"
#include "health/scene.h"
#include "openwebui/config.h"
#include "settings/settings.h"

static bool feature_is(const struct replica *replica, const char *name, bool value)
{
	json_t *said = json_object_get(json_object_get(replica->config, "features"), name);
	return value ? json_is_true(said) : json_is_false(said);
}

/* Whether others get there. */
static enum severity severity_for(const struct scene *scene, const struct replica *replica)
{
	const char *front = scene->fleet.front.url;
	bool own = address_is_own(replica->url) && (!front || address_is_own(front));
	return own ? SEVERITY_INFO : SEVERITY_CRITICAL;
}

static fallible look_for_none(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (feature_is(replica, "auth", false))
			checking_found_as(checking, severity_for(checking->scene, replica), replica->name,
					  "asks nobody to sign in (WEBUI_AUTH=false)");
	return NULL;
}

HEALTH_CHECK(no_sign_in) = {
	.code = "OW802",
	.name = "sign-in-asked",
	.title = "people have to sign in",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS,
	.why = "Everybody who gets there is the administrator. On a machine of one's own that may be meant, and is "
	       "only mentioned; it is critical where the address is another one than localhost. /api/config says it.",
	.remedy = "set WEBUI_AUTH=true (with accounts in the database it can't be switched off, and the other way "
		  "round)",
	.run = look_for_none,
};

static fallible look_for_header(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	const struct replica *replica;
	for (size_t i = 0; !scene->fleet.guessed && (replica = scene_next(scene, &i));)
		if (feature_is(replica, "auth_trusted_header", true) && !address_is_own(replica->url))
			checking_found(checking, replica->name,
				       "signs in whomever a header names, and is reached without its proxy");
	return NULL;
}

HEALTH_CHECK(trusted_header) = {
	.code = "OW810",
	.name = "header-sign-in",
	.title = "replicas that trust a header are reached through their proxy alone",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_REPLICAS,
	.why = "With WEBUI_AUTH_TRUSTED_EMAIL_HEADER whoever reaches the port of a replica is whoever they say, also "
	       "the administrator. owctl reached it directly from where it runs.",
	.remedy = "let only the proxy connect to the replicas (network policy, firewall), and have it remove that "
		  "header from what comes in",
	.run = look_for_header,
};

/* ---- what the database says ---- */

static fallible database_decides(const struct checking *checking, bool *decides)
{
	const char *persistent = NULL;
	TRY(settings_get(checking->settings, "ENABLE_PERSISTENT_CONFIG", &persistent));
	*decides = !persistent || strcasecmp(persistent, "false") != 0;
	return NULL;
}

static fallible look_for_open(struct checking *checking)
{
	json_auto_t *open = NULL, *role = NULL;
	int64_t users;
	bool decides;
	TRY(database_decides(checking, &decides));
	TRY(db_single_integer(checking->installation->db, "select count(*) from \"user\"", NULL, 0, &users));
	TRY(config_read(checking->installation, "ui.enable_signup", &open));
	TRY(config_read(checking->installation, "ui.default_user_role", &role));
	bool admin = text_equal(json_string_value(role), "admin");
	if (!decides || !users || !json_is_true(open) || !(admin || text_equal(json_string_value(role), "user")))
		return NULL;
	checking_found_as(checking, admin ? SEVERITY_CRITICAL : SEVERITY_WARNING, NULL,
			  "anybody can sign up, and is %s at once", admin ? "an administrator" : "a user");
	return NULL;
}

HEALTH_CHECK(open_sign_up) = {
	.code = "OW803",
	.name = "sign-up-held",
	.title = "who signs up waits for an administrator, or can't sign up",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_DATABASE | NEEDS_REVISION,
	.stage = CHECK_IN_DATABASE,
	.why = "Whoever finds the page uses the models, and reads what is shared with all. With the role admin for new "
	       "accounts it is critical. The settings in the database are read.",
	.remedy = "Admin Panel, Settings, General: switch off new sign-ups, or have the default role be pending",
	.run = look_for_open,
};

static fallible look_for_plain_ldap(struct checking *checking)
{
	json_auto_t *on = NULL, *tls = NULL, *checked = NULL;
	bool decides;
	TRY(database_decides(checking, &decides));
	TRY(config_read(checking->installation, "ldap.enable", &on));
	TRY(config_read(checking->installation, "ldap.server.use_tls", &tls));
	TRY(config_read(checking->installation, "ldap.server.validate_cert", &checked));
	if (!decides || !json_is_true(on))
		return NULL;
	if (json_is_false(tls))
		checking_found(checking, NULL, "passwords are sent to the LDAP server without TLS");
	else if (json_is_false(checked))
		checking_found(checking, NULL, "the certificate of the LDAP server is not looked at");
	return NULL;
}

HEALTH_CHECK(plain_ldap) = {
	.code = "OW815",
	.name = "ldap-encrypted",
	.title = "sign-ins by LDAP are encrypted, to a server that is known",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_DATABASE | NEEDS_REVISION,
	.stage = CHECK_IN_DATABASE,
	.why = "Passwords of the whole organization go that way: whoever is on it reads them.",
	.remedy = "Admin Panel, Settings, LDAP: TLS on, certificates validated (LDAP_USE_TLS, LDAP_VALIDATE_CERT)",
	.run = look_for_plain_ldap,
};

static fallible look_for_endless(struct checking *checking)
{
	json_auto_t *lifetime = NULL;
	bool decides;
	TRY(database_decides(checking, &decides));
	TRY(config_read(checking->installation, "auth.jwt_expiry", &lifetime));
	const char *said = json_string_value(lifetime);
	if (decides && said && (!strcmp(said, "-1") || !strcmp(said, "0")))
		checking_found(checking, NULL, "a sign-in never ends (auth.jwt_expiry is %s)", said);
	return NULL;
}

HEALTH_CHECK(endless) = {
	.code = "OW809",
	.name = "sign-in-ends",
	.title = "a sign-in ends by itself",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_DATABASE | NEEDS_REVISION,
	.stage = CHECK_IN_DATABASE,
	.why = "A token that was once taken from a browser or a log lets its finder in for ever, unless the account's "
	       "password is changed.",
	.remedy = "Admin Panel, Settings, General: JWT expiration, as 4w (JWT_EXPIRES_IN)",
	.run = look_for_endless,
};
