/* Whether WEBUI_SECRET_KEY is one that nobody guesses. */
#include <ctype.h>
#include <string.h>

#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

/* Open WebUI itself makes keys of 16 characters, of base64: their 96 bits are enough. Words of that length are not. */
#define SHORTEST 16
#define LONG_ENOUGH 32
#define OLD_DEFAULT "t0p-s3cr3t" /* of releases up to 0.8 that are given none */

static bool looks_drawn(const char *key)
{
	bool upper = false, lower = false;
	for (; *key; key++) {
		upper |= isupper((unsigned char)*key) != 0;
		lower |= islower((unsigned char)*key) != 0;
	}
	return upper && lower;
}

/* No replica takes what is signed with it: it is not theirs. */
static bool is_other(const struct scene *scene)
{
	return !scene_count(scene, replica_takes_key) && scene_count(scene, replica_refuses_key);
}

static fallible look(struct checking *checking)
{
	const char *key = NULL;
	TRY(settings_get(checking->settings, "WEBUI_SECRET_KEY", &key));
	size_t size = key ? strlen(key) : 0;
	if (!key || is_other(checking->scene))
		return NULL;
	if (!strcmp(key, OLD_DEFAULT))
		checking_found(checking, NULL,
			       "WEBUI_SECRET_KEY is the default of old releases, which everybody knows");
	else if (size < SHORTEST)
		checking_found(checking, NULL, "WEBUI_SECRET_KEY has %zu characters", size);
	else if (size < LONG_ENOUGH && !looks_drawn(key))
		checking_found_as(checking, SEVERITY_WARNING, NULL,
				  "WEBUI_SECRET_KEY has %zu characters, and does not look as if drawn at random", size);
	return NULL;
}

HEALTH_CHECK(weak_key) = {
	.code = "OW801",
	.name = "secret-key-strong",
	.title = "WEBUI_SECRET_KEY can't be guessed",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SECRET_KEY,
	.why = "Whoever has it signs in as anybody, and reads the stored tokens of connections. From one token of "
	       "their own people can try keys by the million, without a server noticing. Less than 16 characters are "
	       "critical; less than 32 are told where they do not have both upper and lower case, as drawn ones do.",
	.remedy = "a new one (`openssl rand -base64 32`) signs everybody out, and stored tokens of OAuth and tool "
		  "servers have to be entered again; where one-time passwords are on, set MFA_ENCRYPTION_KEY to the "
		  "old key or switch them off first: 0.12 does not start else",
	.run = look,
};
