#include "backup/manifest.h"

#include <string.h>

#include "base/json.h"
#include "base/memory.h"

static void database_cleanup(struct database_copy *database)
{
	free(database->name);
	free(database->engine);
	free(database->version);
	tables_cleanup(&database->tables);
	free(database->before);
	free(database->after);
}

void manifest_cleanup(struct manifest *manifest)
{
	free(manifest->label);
	age_recipients_cleanup(&manifest->recipients);
	free(manifest->release);
	free(manifest->revision);
	json_decref(manifest->settings);
	secret_free(manifest->secrets);
	for (size_t i = 0; i < manifest->database_count; i++)
		database_cleanup(&manifest->databases[i]);
	free(manifest->databases);
	files_cleanup(&manifest->files);
	*manifest = (struct manifest){0};
}

struct database_copy *manifest_add_database(struct manifest *manifest, const char *name)
{
	manifest->databases =
		mem_resize(manifest->databases, manifest->database_count + 1, sizeof *manifest->databases);
	struct database_copy *database = &manifest->databases[manifest->database_count++];
	*database = (struct database_copy){.name = text_copy(name)};
	return database;
}

const struct database_copy *manifest_database(const struct manifest *manifest, const char *name)
{
	for (size_t i = 0; i < manifest->database_count; i++)
		if (!strcmp(manifest->databases[i].name, name))
			return &manifest->databases[i];
	return NULL;
}
