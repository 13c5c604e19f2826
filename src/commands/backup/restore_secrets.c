/* The keys without which a server can't read all of what was restored. */
#include <string.h>

#include "base/file.h"
#include "commands/backup/restoring.h"
#include "openwebui/secret_keys.h"

fallible restoring_check_secrets(const struct restoring *restoring)
{
	if (!restoring->arguments->secrets)
		return NULL;
	if (restoring->manifest.secrets)
		return secret_keys_check(restoring->manifest.secrets);
	return error_hint(error_new(ERR_INPUT, "the snapshot %s has no secret keys", restoring->record.snapshot),
			  "`owctl backup create --include-secrets` stores them; leave out --secrets");
}

fallible restoring_secrets(const struct restoring *restoring)
{
	const char *file = restoring->arguments->secrets, *secrets = restoring->manifest.secrets;
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
