#include "openwebui/settings_check.h"

#include <string.h>

#include "base/memory.h"
#include "openwebui/password_rules.h"
#include "openwebui/redis_settings.h"

/* What these may be, in any letter case; Open WebUI compares with the first ones and takes the rest for false. */
static const struct {
	const char *name;
	const char *words[4];
} choices[] = {
	{"DATABASE_ENABLE_IAM_TOKEN_AUTH", {"true", "false"}},
	{"REDIS_CLUSTER", {"true", "false"}},
	{"ENABLE_PASSWORD_VALIDATION", {"true", "false"}},
	{"ENABLE_DB_MIGRATIONS", {"true", "false"}},
	{"DEFAULT_GROUP_SHARE_PERMISSION", {"members", "true", "false"}},
};

/* Takes over `error`. */
static void warn(struct settings *settings, struct error *error)
{
	if (!error)
		return;
	AUTO(memory) char *text = error_text(error);
	const char *hint = error_hint_text(error);
	settings_warn(settings, "%s%s%s", text, hint ? "; " : "", hint ? hint : "");
	error_free(error);
}

static fallible check_choice(struct settings *settings, const char *name, const char *const *words)
{
	const char *value;
	AUTO(str) struct str known = {0};
	TRY(settings_get(settings, name, &value));
	for (; *words; words++) {
		if (!value || !strcasecmp(value, *words))
			return NULL;
		str_add_format(&known, "%s%s", known.size ? words[1] ? ", " : " or " : "", *words);
	}
	return error_hint(error_new(ERR_SETTINGS, "%s (%s) is \"%s\", which Open WebUI takes for false", name,
				    settings_origin(settings, name), value),
			  "write %s", str_text(&known));
}

static fallible check_redis(struct settings *settings)
{
	AUTO(redis_target) struct redis_target target = {0};
	bool found;
	return redis_settings_target(settings, &target, &found);
}

void settings_check(struct settings *settings)
{
	AUTO(password_rules) struct password_rules rules = {0};
	warn(settings, redis_settings_check_port(settings));
	warn(settings, check_redis(settings)); /* perhaps the same, which is told once */
	warn(settings, password_rules_load(settings, &rules));
	for (size_t i = 0; i < COUNT(choices); i++)
		warn(settings, check_choice(settings, choices[i].name, choices[i].words));
}
