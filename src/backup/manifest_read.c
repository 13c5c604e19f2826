#include <string.h>

#include "backup/archive_read.h"
#include "backup/manifest_lists.h"
#include "base/json.h"
#include "base/memory.h"

/* ---- manifest.json ---- */

static fallible wrong(const char *what)
{
	return error_new(ERR_INPUT, "its %s is not as it should be", what);
}

static bool read_recipients(json_t *list, struct age_recipients *recipients)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		struct error *error = text ? age_recipients_add(recipients, text) : NULL;
		error_ignore(error);
		if (!text || error)
			return false;
	}
	return true;
}

static bool read_databases(json_t *list, struct manifest *manifest)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name, *engine, *version;
		if (json_unpack(json_array_get(list, i), "{s:s, s:s, s:s}", "name", &name, "engine", &engine,
				"version", &version))
			return false;
		struct database_copy *database = manifest_add_database(manifest, name);
		database->engine = text_copy(engine);
		database->version = text_copy(version);
	}
	return true;
}

static fallible read_head(const struct str *text, const struct record *record, struct manifest *manifest)
{
	AUTO(json) json_t *head = json_loadb(str_text(text), text->size, JSON_REJECT_DUPLICATES, NULL);
	int format;
	const char *snapshot, *label;
	json_t *release, *revision, *recipients, *databases, *settings;
	if (json_unpack(head, "{s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "format", &format, "snapshot", &snapshot,
			"label", &label, "release", &release, "revision", &revision, "recipients", &recipients,
			"databases", &databases, "settings", &settings) ||
	    format != BACKUP_FORMAT || strcmp(snapshot, record->snapshot) != 0 ||
	    !read_recipients(recipients, &manifest->recipients) || !read_databases(databases, manifest))
		return wrong("manifest.json");
	memcpy(manifest->snapshot, record->snapshot, sizeof manifest->snapshot);
	manifest->time = record->time;
	manifest->label = text_copy(label);
	manifest->release = text_copy(json_string_value(release));
	manifest->revision = text_copy(json_string_value(revision));
	manifest->settings = json_incref(settings);
	return NULL;
}

/* ---- members ---- */

static fallible take_text(const struct str *member, char **text)
{
	secret_free(*text);
	*text = text_copy_n(str_text(member), member->size);
	return NULL;
}

/* The members of a database are called by its name; what has another name is of a later owctl, which writes nothing
 * there that is needed. */
static fallible read_member(const char *name, const struct str *member, struct manifest *manifest)
{
	if (!strcmp(name, "files.zst"))
		return manifest_read_files(member, &manifest->files);
	if (!strcmp(name, SECRETS_MEMBER))
		return take_text(member, &manifest->secrets);
	for (size_t i = 0; i < manifest->database_count; i++) {
		struct database_copy *database = &manifest->databases[i];
		const char *rest = name + strlen(database->name);
		if (!text_starts(name, database->name))
			continue;
		if (!strcmp(rest, ".tables.zst"))
			return manifest_read_tables(member, &database->tables);
		if (!strcmp(rest, ".segments.zst"))
			return manifest_read_segments(member, &database->tables);
		if (!strcmp(rest, ".before.sql"))
			return take_text(member, &database->before);
		if (!strcmp(rest, ".after.sql"))
			return take_text(member, &database->after);
	}
	return NULL;
}

struct reading {
	const struct record *record;
	struct manifest *manifest;
	bool begun;
};

/* manifest.json is the first one: it says which databases there are. */
static fallible take_member(void *state, const char *name, const struct str *member)
{
	struct reading *reading = state;
	bool first = !reading->begun;
	reading->begun = true;
	if (first != !strcmp(name, "manifest.json"))
		return wrong("tar archive");
	return first ? read_head(member, reading->record, reading->manifest)
		     : read_member(name, member, reading->manifest);
}

static fallible check_whole(const struct manifest *manifest)
{
	if (!manifest->settings)
		return wrong("manifest.json");
	for (size_t i = 0; i < manifest->database_count; i++)
		if (!manifest->databases[i].before || !manifest->databases[i].after)
			return wrong("SQL");
	return NULL;
}

/* Who is named in it is who could have written it. */
static fallible check_recipients(const struct repository *repository, const struct record *record,
				 const struct manifest *manifest)
{
	AUTO(record) struct record again = {0};
	unsigned char key[DIGEST_SIZE];
	repository_key(repository, &manifest->recipients, key);
	return record_read(repository, record->snapshot, key, &again);
}

static fallible read_manifest(const struct repository *repository, const struct record *record,
			      const struct age_identities *identities, struct manifest *manifest)
{
	AUTO(memory) char *name = manifest_object(record->snapshot);
	struct reading reading = {.record = record, .manifest = manifest};
	TRY(archive_read_object(repository, name, &record->manifest, identities, take_member, &reading));
	TRY(check_whole(manifest));
	return check_recipients(repository, record, manifest);
}

fallible manifest_read(const struct repository *repository, const struct record *record,
		       const struct age_identities *identities, struct manifest *manifest)
{
	AUTO(manifest) struct manifest read = {0};
	struct error *error = read_manifest(repository, record, identities, &read);
	if (error)
		return error_wrap(error, "the manifest of snapshot %s", record->snapshot);
	*manifest = read;
	read = (struct manifest){0};
	return NULL;
}
