/* The server of --release on what was restored. */
#include <stdlib.h>

#include "base/hide.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "commands/backup/drilling.h"
#include "openwebui/database.h"
#include "openwebui/secret_keys.h"
#include "openwebui/trial.h"

#define KEY_BYTES 32

/* What stored secrets are encrypted with, which a server needs to read them. Without WEBUI_SECRET_KEY none starts:
 * that of the settings, of the snapshot, or any. */
static fallible find_keys(struct settings *settings, struct settings *of_snapshot, struct strings *keys)
{
	for (size_t i = 0; secret_key_names[i]; i++) {
		const char *value;
		TRY(settings_get(settings, secret_key_names[i], &value));
		if (!value)
			TRY(settings_get(of_snapshot, secret_key_names[i], &value));
		if (value)
			strings_add_taken(keys, text_format("%s=%s", secret_key_names[i], value));
	}
	if (keys->count && text_starts(keys->items[0], secret_key_names[0]))
		return NULL;
	unsigned char bytes[KEY_BYTES];
	char random[2 * KEY_BYTES + 1];
	random_bytes(bytes, sizeof bytes);
	hex_text(bytes, sizeof bytes, random);
	strings_add_taken(keys, text_format("%s=%s", secret_key_names[0], random));
	log_note("%s is not set: the server gets another one", secret_key_names[0]);
	return NULL;
}

fallible drill_server(struct drilling *drilling)
{
	const struct database_copy *copy = manifest_database(&drilling->restoring.manifest, "main");
	const struct table *users = copy ? tables_find(&copy->tables, "user") : NULL;
	AUTO(secret) char *url = NULL;
	AUTO(secrets) struct strings keys = {0};
	TRY(find_keys(drilling->context->settings, drilling->settings, &keys));
	TRY(database_url(drilling->settings, drilling->file, &url));
	drilling->drill.failed = DRILL_SERVER;
	TRY(trial_run(&(struct trial){.python = drilling->arguments->python,
				      .folder = drilling->folder.path,
				      .url = url,
				      .keys = &keys,
				      .has_accounts = users && users->rows,
				      .wait_s = drilling->arguments->wait},
		      &drilling->drill.release));
	drilling->drill.failed = DRILL_NONE;
	return NULL;
}
