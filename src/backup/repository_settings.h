/* Which repository the settings name, how it is reached, and for whom it is encrypted. */
#ifndef BACKUP_REPOSITORY_SETTINGS_H
#define BACKUP_REPOSITORY_SETTINGS_H

#include "backup/repository.h"
#include "settings/settings.h"

/* `location`: what a command line says, or NULL: then OWCTL_REPOSITORY. ERR_SETTINGS, without a hint, where neither
 * does. */
fallible repository_location(struct settings *settings, const char *location, const char **effective) MUST_CHECK;

/* Adds what of settings a login in this place needs; borrowed from them. */
fallible repository_credentials(struct settings *settings, struct store_target *target) MUST_CHECK;

/* Where one is, with all that settings say of it: it can be opened without them. */
struct repository_place {
	struct store_target target;
	struct store_options options;
};
static inline void repository_place_cleanup(struct repository_place *place)
{
	store_target_cleanup(&place->target);
}
/* `place` is to be cleaned up whatever comes of it. */
fallible repository_place_read(struct settings *settings, const char *location,
			       struct repository_place *place) MUST_CHECK;
fallible repository_place_open(const struct repository_place *place, struct repository *repository) MUST_CHECK;

/* Adds those of OWCTL_RECIPIENTS, if any. */
fallible repository_recipients(struct settings *settings, struct age_recipients *found) MUST_CHECK;

/* What the snapshots of this installation are labelled with: the name of the profile, or `default`. Borrowed. */
const char *repository_label(const struct settings *settings);

#endif
