/* A database given in parts: DATABASE_TYPE, _USER, _PASSWORD, _HOST, _PORT, _NAME. Only for database.c. */
#ifndef OPENWEBUI_DATABASE_PARTS_H
#define OPENWEBUI_DATABASE_PARTS_H

#include "db/target.h"
#include "settings/settings.h"

extern const char *const database_part_names[]; /* in the order of the URL; ends with NULL */

/* Of user and password one is enough. */
bool database_part_is_of_account(const char *name);

/* Reads a complete set. ERR_SETTINGS names the part that is wrong where it can be known, and also one whose text would
 * end it in the URL: Open WebUI does not percent-encode, and would go elsewhere or fail. `lowest` is the part of the
 * lowest source, which is named where no single one is wrong. */
fallible database_from_parts(struct settings *settings, const char *lowest, struct db_target *target) MUST_CHECK;

/* The URL of a complete set, as db_url_from_parts. */
fallible database_parts_url(struct settings *settings, char **url) MUST_CHECK;

/* "DATABASE_TYPE (environment) is set, but DATABASE_PORT is not": to be freed; NULL where nothing is missed. Only type
 * and host show that parts are meant (a user and a password may be there for something else, and Kubernetes sets
 * DATABASE_PORT for a service named database), and only if they come from a source above `above`. */
char *database_parts_missing(const struct settings *settings, enum setting_source above) MUST_CHECK;

#endif
