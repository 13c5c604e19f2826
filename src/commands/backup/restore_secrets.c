/* The keys without which a server can't read all of what was restored. */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "commands/backup/restoring.h"
#include "commands/snapshot.h"
#include "openwebui/secret_keys.h"

fallible restoring_check_secrets(const struct restoring *restoring)
{
	if (!restoring->arguments->secrets || restoring->manifest.secrets)
		return NULL;
	return error_hint(error_new(ERR_INPUT, "the snapshot %s has no secret keys", restoring->record.snapshot),
			  "`owctl backup create --include-secrets` stores them; leave out --secrets");
}

/* Whether the settings here have another one than the snapshot's had. */
static fallible tell_other(const struct restoring *restoring, const char *name)
{
	const char *value, *then = json_string_value(json_object_get(restoring->manifest.settings, name));
	char now[SNAPSHOT_SECRET_SIZE];
	TRY(settings_get(restoring->context->settings, name, &value));
	if (!value || !then)
		return NULL;
	command_snapshot_secret(value, now);
	if (strcmp(now, then) != 0)
		log_warning("%s (%s) is another one than the snapshot's: everybody has to sign in again, and what was "
			    "encrypted with that one can't be read",
			    name, settings_origin(restoring->context->settings, name));
	return NULL;
}

fallible restoring_secrets(const struct restoring *restoring)
{
	const char *file = restoring->arguments->secrets, *secrets = restoring->manifest.secrets;
	for (size_t i = 0; secret_key_names[i]; i++)
		TRY(tell_other(restoring, secret_key_names[i]));
	if (!secrets)
		return NULL;
	if (!file) {
		context_done(restoring->context,
			     "the snapshot has the server's secret keys: --secrets FILE writes them");
		return NULL;
	}
	TRY(file_make(file, secrets, strlen(secrets)));
	context_done(restoring->context, "the server's secret keys are in %s: give them to it, and keep that file safe",
		     file);
	return NULL;
}
