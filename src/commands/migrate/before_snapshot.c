/* Before the first change where the engine has no file to copy: a snapshot of the database in the repository of the
 * settings, and how it is named: "snapshot ID in LOCATION", "half-way snapshot ID in LOCATION". */
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/shell.h"
#include "commands/migrate/migrate.h"
#include "commands/repository.h"
#include "commands/snapshot.h"

#define TAG "before-migration"
#define HALF_WAY_TAG "half-way"
#define HALF_WAY "half-way "

static fallible is_set(struct context *context, bool *set)
{
	const char *location;
	TRY(settings_get(context->settings, "OWCTL_REPOSITORY", &location));
	*set = location;
	return NULL;
}

static fallible open_repository(struct context *context, struct repository *repository,
				struct age_recipients *recipients)
{
	static const struct strings none;
	TRY(command_recipients(context, &none, NULL, false, recipients));
	return command_repository(context, NULL, repository);
}

fallible migrate_check_snapshot(struct context *context, const struct installation *installation)
{
	bool set;
	AUTO(repository) struct repository repository = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	TRY(is_set(context, &set));
	if (set)
		return error_wrap(open_repository(context, &repository, &recipients),
				  "a snapshot before the first change");
	return error_hint(error_new(ERR_USAGE, "owctl can't copy a %s database to a file before it is changed",
				    db_engine_name(installation->db)),
			  "set OWCTL_REPOSITORY and OWCTL_RECIPIENTS, and it makes a snapshot there; or make a "
			  "backup, as with pg_dump, and say --no-backup");
}

static char *name_of(const struct record *record, const struct repository *repository)
{
	return text_format("%ssnapshot %s in %s", strings_have(&record->tags, HALF_WAY_TAG) ? HALF_WAY : "",
			   record->snapshot, store_display(repository->store));
}

fallible migrate_make_snapshot(struct context *context, bool half_way, char **name)
{
	AUTO(repository) struct repository repository = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	AUTO(record) struct record record = {0};
	AUTO(strings) struct strings tags = {0};
	strings_add(&tags, TAG);
	if (half_way)
		strings_add(&tags, HALF_WAY_TAG);
	TRY(open_repository(context, &repository, &recipients));
	log_note("making a snapshot of the database in %s", store_display(repository.store));
	TRY(command_snapshot_database(context, &repository, &recipients, &tags, &record));
	*name = name_of(&record, &repository);
	return NULL;
}

/* The ID in such a name, or "" where it is none. */
static void id_in(const char *name, char id[static SNAPSHOT_ID_SIZE])
{
	const char *at = strstr(name, "snapshot ");
	id[0] = '\0';
	if (!at)
		return;
	at += strlen("snapshot ");
	size_t size = strcspn(at, " ");
	if (size >= SNAPSHOT_ID_SIZE)
		return;
	memcpy(id, at, size);
	id[size] = '\0';
	if (!record_is_id(id))
		id[0] = '\0';
}

static fallible find(struct context *context, const char *id, char **name)
{
	AUTO(repository) struct repository repository = {0};
	AUTO(strings) struct strings there = {0};
	AUTO(record) struct record record = {0};
	TRY(command_repository(context, NULL, &repository));
	TRY(record_list(&repository, &there));
	if (!strings_have(&there, id)) {
		log_note("the snapshot that this migration was begun with is gone: %s", id);
		return NULL;
	}
	TRY(record_read(&repository, id, NULL, &record));
	if (!strings_have(&record.tags, TAG))
		return NULL;
	*name = name_of(&record, &repository);
	log_note("this migration goes on, and no new snapshot is made: %s has the database as it was %s; what was "
		 "written since is not in it",
		 *name, migrate_is_half_way(*name) ? "half-way, when its first snapshot was gone" : "before");
	return NULL;
}

/* A run that needs none, or has another way back, is not to be kept from going on. */
fallible migrate_find_snapshot(struct context *context, const char *kept, char **name)
{
	bool set;
	char id[SNAPSHOT_ID_SIZE];
	id_in(kept, id);
	TRY(is_set(context, &set));
	if (!id[0] || !set)
		return NULL;
	struct error *error = find(context, id, name);
	if (error) {
		AUTO(memory) char *text = error_text(error);
		log_warning("the snapshot that this migration was begun with can't be looked for: %s: %s", id, text);
		error_free(error);
	}
	return NULL;
}

bool migrate_is_half_way_snapshot(const char *name)
{
	return text_starts(name, HALF_WAY);
}

void migrate_tell_way_back_to_snapshot(struct context *context, const char *name)
{
	char id[SNAPSHOT_ID_SIZE];
	const char *location = NULL;
	id_in(name, id);
	error_ignore(settings_get(context->settings, "OWCTL_REPOSITORY", &location));
	AUTO(memory) char *word = shell_word(location ? location : "LOCATION");
	log_note("to go back%s: stop the servers, and with the identity that opens it owctl backup restore %s "
		 "--repository %s --database-only --replace",
		 migrate_is_half_way(name) ? ", but to half-way through the migration and no further" : "", id, word);
}
