/* The places that settings come from, each laid over the ones below it. Private to settings/. */
#ifndef SETTINGS_LAYERS_H
#define SETTINGS_LAYERS_H

#include "settings/settings.h"
#include "settings/value.h"

struct settings {
	struct setting_value *values;  /* one for each of known_settings, in their order */
	struct setting_value *beneath; /* what the environment replaced, in the same order */
	size_t count;
	char *const *environment; /* borrowed while the layers are laid */
	char *profile; /* name of the one in force, or NULL */
	char *typed[SOURCE_FLAG + 1]; /* "--env-file x.env", 'profile "prod"': what the command line names; else NULL */
	struct strings told; /* warnings that were */
	bool own_only; /* the layer that is being laid gives owctl's own settings alone (OWCTL_..) */
};

/* Lays `value` (taken over) on `setting`; drops it when only owctl's own are wanted. */
void layer_place(struct settings *settings, const struct setting *setting, struct setting_value value);

/* `image_folder`: of struct settings_request. */
void layer_defaults(struct settings *settings, const char *image_folder);
/* NULL: OWCTL_PROFILE, or the default. Beside an env file that was typed these are not meant: they say no more than how
 * owctl itself is to behave. */
fallible layer_profile(struct settings *settings, const char *name) MUST_CHECK;
fallible layer_env_file(struct settings *settings, const char *path, enum setting_source source) MUST_CHECK;
fallible layer_environment(struct settings *settings) MUST_CHECK;
void layer_flag(struct settings *settings, const char *name, const char *text, const char *flag); /* no-op for NULL */

#endif
