/* From settings to a database target, as Open WebUI itself would read them. */
#ifndef OPENWEBUI_DATABASE_H
#define OPENWEBUI_DATABASE_H

#include "db/target.h"
#include "settings/settings.h"

/* Precedence: flag, environment, env file, profile; within one source the complete set of DATABASE_TYPE, _USER or
 * _PASSWORD, _HOST, _PORT, _NAME beats DATABASE_URL, as in Open WebUI; without either, or with --data-dir, SQLite at
 * DATA_DIR/webui.db. Warns, naming the setting that decided, when --env-file or --profile name another database; when
 * parts are given that decide nothing because others are missing; and when --database holds a password.
 * ERR_SETTINGS names the variable and where it came from. */
fallible database_target(struct settings *settings, struct db_target *target) MUST_CHECK;

/* Whether the settings name any database, be it in part: without, database_target fails. */
bool database_is_named(const struct settings *settings);

/* The same as the URL that Open WebUI itself takes: a secret, to be released with secret_free. `file`: of SQLite, from
 * the root on; else NULL. ERR_SETTINGS for what only owctl takes. */
fallible database_url(struct settings *settings, const char *file, char **url) MUST_CHECK;

/* The name of the profile that says where the database is; NULL when something else does. Borrowed. */
const char *database_profile(const struct settings *settings);

#endif
