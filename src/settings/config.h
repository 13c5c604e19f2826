/* The file of profiles:
 *
 *     default: prod
 *     profiles:
 *       prod:
 *         env-file: /etc/open-webui.env
 *         settings:
 *           DATA_DIR: /srv/open-webui
 *           DATABASE_URL: {file: /etc/owctl/database-url}
 *           WEBUI_SECRET_KEY: {env: CHAT_SECRET}
 *           DATABASE_PASSWORD: {command: [pass, show, chat/db]}     or a text, run by sh -c
 */
#ifndef SETTINGS_CONFIG_H
#define SETTINGS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "settings/value.h"
#include "settings/yaml.h"

struct config_setting {
	const struct setting *setting;
	enum value_holder holder;
	char *text;           /* value, path or variable */
	struct strings words; /* command */
	struct yaml_place place;
};

struct config_profile {
	char *name;
	struct yaml_place place; /* of its name */
	char *env_file;          /* or NULL */
	struct config_setting *settings;
	size_t count;
};

struct config {
	char *path, *text;
	char *default_name; /* or NULL */
	struct yaml_place default_key, default_place, profiles_key; /* zero when absent */
	unsigned after_profiles;                                    /* line of the next key at the top; 0: none */
	struct config_profile *profiles;
	size_t count;
};

/* $OWCTL_CONFIG; else the first that exists of $XDG_CONFIG_HOME/owctl/config.yaml (or ~/.config/..) and
 * /etc/owctl/config.yaml; else the first of these, which is where a new one goes. */
char *config_path(char *const *environment) MUST_CHECK;

/* ERR_SETTINGS "FILE:LINE:COLUMN: ..." for anything that is not as above, ERR_PERMISSION when a password stands in a
 * file that everybody can read. A file that is not there is an empty one. */
fallible config_read(const char *path, struct config *config) MUST_CHECK;
fallible config_parse(const char *path, const char *text, size_t size, struct config *config) MUST_CHECK;
void config_cleanup(struct config *config);

const struct config_profile *config_find(const struct config *config, const char *name); /* or NULL */
fallible config_no_such_profile(const struct config *config, const char *name) MUST_CHECK;

/* Is this a value that only a private file may hold as it is? */
bool config_is_secret(const struct setting *setting, const char *text);

/* ---- changing the file: comments and layout of everything else stay; the result is read back before it is kept ---- */

fallible config_add_profile(const char *path, const struct config_profile *profile) MUST_CHECK;
fallible config_remove_profile(const char *path, const char *name) MUST_CHECK;
fallible config_use_profile(const char *path, const char *name) MUST_CHECK;

#endif
