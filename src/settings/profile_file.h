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
#ifndef SETTINGS_PROFILE_FILE_H
#define SETTINGS_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "settings/value.h"
#include "settings/yaml.h"

struct profile_setting {
	const struct setting *setting;
	enum value_holder holder;
	char *text;           /* value, path or variable */
	struct strings words; /* command */
	struct yaml_place place;
};

struct profile {
	char *name;
	struct yaml_place place; /* of its name */
	char *env_file;          /* or NULL */
	struct profile_setting *settings;
	size_t count;
};

struct profile_file {
	char *path, *text;
	char *default_name; /* or NULL */
	struct yaml_place default_key, default_place, profiles_key; /* zero when absent */
	unsigned after_profiles;                                    /* line of the next key at the top; 0: none */
	struct profile *profiles;
	size_t count;
};

/* $OWCTL_CONFIG; else the first that exists of $XDG_CONFIG_HOME/owctl/config.yaml (or ~/.config/..) and
 * /etc/owctl/config.yaml; else the first of these, which is where a new one goes. */
char *profile_file_path(char *const *environment) MUST_CHECK;

/* ERR_SETTINGS "FILE:LINE:COLUMN: ..." for anything that is not as above, ERR_PERMISSION when other users can change
 * the file, or a password stands in one that everybody can read. A file that is not there is an empty one. */
fallible profile_file_read(const char *path, struct profile_file *file) MUST_CHECK;
fallible profile_file_parse(const char *path, const char *text, size_t size, struct profile_file *file) MUST_CHECK;
void profile_file_cleanup(struct profile_file *file);
void profile_cleanup(struct profile *profile);

const struct profile *profile_find(const struct profile_file *file, const char *name); /* or NULL */
/* ERR_SETTINGS; the hint names profiles near `name`, or all. A file without profiles leaves the hint to the caller. */
fallible profile_not_found(const struct profile_file *file, const char *name) MUST_CHECK;

/* The words that run a line in a shell, as a command given as a text does. */
void profile_shell_command(struct strings *words, const char *line);

/* Is this a value that only a private file may hold as it is? */
bool setting_is_secret(const struct setting *setting, const char *text);

/* ---- changing the file: comments and layout of all else stay; the result is read back before it is kept ---- */

fallible profile_add(const char *path, const struct profile *profile, bool dry_run) MUST_CHECK;
/* Of a profile that is there; profile_not_found else. */
fallible profile_remove(const char *path, const char *name, bool dry_run) MUST_CHECK;
fallible profile_use(const char *path, const char *name, bool dry_run) MUST_CHECK;

#endif
