/* Settings: where they come from, and what they are. Precedence: flag, environment, --env-file, profile, default.
 * The names are Open WebUI's own wherever it has one; owctl's begin with OWCTL_. Of a profile that nobody named on the
 * command line only the latter count beside --env-file: that file says which installation is meant.
 *
 * A secret NAME may also be given as NAME_FILE, the path of a file that holds it (environment and env file); both at
 * once in the same place is an error. Values that are files, variables or commands are read when first asked for. */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum setting_source { SOURCE_NONE, SOURCE_DEFAULT, SOURCE_PROFILE, SOURCE_ENV_FILE, SOURCE_ENVIRONMENT, SOURCE_FLAG };

/* How a value is shown: as it is, hidden, or with the password inside the URL hidden. */
enum setting_privacy { SETTING_PLAIN, SETTING_SECRET, SETTING_URL };

/* One row of the table of known settings (registry.c). */
struct setting {
	const char *name;     /* "DATABASE_URL" */
	const char *help;     /* one clause */
	const char *fallback; /* default, or NULL */
	enum setting_privacy privacy;
	bool environment_only; /* it says where to look for the others, or is about this run alone */
	bool empty_counts;     /* set to nothing is not unset: Open WebUI reads it so */
};
extern const struct setting known_settings[]; /* ends with a NULL name */
const struct setting *setting_find(const char *name); /* NULL if there is none */

/* Gives `error` a hint about the known setting that `name` was probably meant to be. Returns `error`. */
fallible setting_unknown(struct error *error, const char *name) MUST_CHECK;

/* Where Open WebUI's own image keeps its data: its code falls back to the folder data beside itself. */
#define SETTINGS_IMAGE_FOLDER "/app/backend/data"

struct settings;

/* What a command line says about settings. All borrowed during settings_load. NULL where not given. */
struct settings_request {
	const char *profile, *env_file;
	const char *database, *data_dir; /* become DATABASE_URL, DATA_DIR of SOURCE_FLAG */
	const char *audit_log;                 /* becomes OWCTL_AUDIT_LOG */
	const char *image_folder; /* default of DATA_DIR where a webui.db is in it */
	char *const *environment;              /* environ */
};

/* Reads env file and profile. ERR_SETTINGS naming file and line; ERR_PERMISSION for a world-readable file that holds
 * secrets. */
fallible settings_load(const struct settings_request *request, struct settings **settings) MUST_CHECK;
void settings_free(struct settings *settings);
static inline void settings_cleanup(struct settings **settings)
{
	settings_free(*settings);
}

/* The effective value (borrowed, never freed by the caller), NULL when unset and without default. An empty environment
 * value counts as unset, as in Open WebUI's own `if NAME:` tests, but for the settings that say `empty_counts`. `name`
 * is one of the known settings. */
fallible settings_get(struct settings *settings, const char *name, const char **value) MUST_CHECK;

/* Where the effective value comes from, for messages: "--database", "environment", "/etc/x.env:12", "profile prod,
 * /etc/owctl/config.yaml:4:7", "default", "" when unset. Borrowed. */
const char *settings_origin(const struct settings *settings, const char *name);
enum setting_source settings_source(const struct settings *settings, const char *name);

/* The value as it may be shown: secrets as "***", the password inside a URL as "***". To be freed; NULL when unset. */
fallible settings_masked(struct settings *settings, const char *name, char **masked) MUST_CHECK;

/* Appends the values of secrets that were asked for, for text_without. */
void settings_add_secrets(const struct settings *settings, struct strings *secrets);

/* A warning about the settings, told once however often they are asked for. */
void settings_warn(struct settings *settings, const char *format, ...) PRINTF(2, 3);

/* The name of the profile in force, or NULL; borrowed. What it says may be overruled: see database_profile. */
const char *settings_profile(const struct settings *settings);

/* What is typed should decide, and the environment stands above --env-file and --profile: enough to notice when it
 * overrules them. */

/* How messages call the env file (SOURCE_ENV_FILE) or profile (SOURCE_PROFILE) that the command line names; borrowed.
 * NULL when it names none, and for all other sources. */
const char *settings_typed(const struct settings *settings, enum setting_source source);
/* Where the value would come from if the environment said nothing. */
enum setting_source settings_source_beneath(const struct settings *settings, const char *name);
/* Whether the environment put another value, as far as can be told without reading it, in the place of one beneath. */
bool settings_replaced(const struct settings *settings, const char *name);

#endif
