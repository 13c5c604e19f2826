/* What a snapshot says of the settings that its installation had. */
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "commands/snapshot.h"
#include "openwebui/blobs.h"

/* Digits of the hash of a secret: enough to see that another one is not the same, and nothing to try others on. */
#define PRINT_SIZE ((SNAPSHOT_SECRET_SIZE - 1) / 2)

void command_snapshot_secret(const char *value, char print[static SNAPSHOT_SECRET_SIZE])
{
	unsigned char hash[DIGEST_SIZE];
	digest_of(value, strlen(value), hash);
	hex_text(hash, PRINT_SIZE, print);
}

static fallible add_secret(json_t *said, const char *name, struct settings *settings)
{
	const char *value;
	char print[SNAPSHOT_SECRET_SIZE];
	TRY(settings_get(settings, name, &value));
	if (!value)
		return NULL;
	command_snapshot_secret(value, print);
	json_object_set_new(said, name, json_string(print));
	return NULL;
}

static fallible add_plain(json_t *said, const char *name, struct settings *settings)
{
	AUTO(memory) char *value = NULL;
	TRY(settings_masked(settings, name, &value));
	if (value)
		json_object_set_new(said, name, json_string(value));
	return NULL;
}

static fallible add_paths(json_t *said, struct settings *settings, const char *file)
{
	AUTO(strings) struct strings paths = {0};
	json_t *list = json_array();
	json_object_set_new(said, SNAPSHOT_UPLOADS, list);
	TRY(blobs_uploads_paths(settings, file, &paths));
	for (size_t i = 0; i < paths.count; i++)
		json_array_append_new(list, json_string(paths.items[i]));
	return NULL;
}

fallible command_snapshot_settings(struct settings *settings, const char *file, bool with_files, json_t **said)
{
	AUTO(json) json_t *found = json_object();
	for (const struct setting *setting = known_settings; setting->name; setting++)
		if (!text_starts(setting->name, "OWCTL_"))
			TRY((setting->privacy == SETTING_SECRET ? add_secret : add_plain)(found, setting->name,
											settings));
	if (with_files)
		TRY(add_paths(found, settings, file));
	*said = json_incref(found);
	return NULL;
}
