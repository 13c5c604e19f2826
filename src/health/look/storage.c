/* The place of uploads, and the disk that the folder of data is on. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/look/look.h"
#include "openwebui/blobs.h"
#include "openwebui/database.h"

struct storage_place {
	struct db_target database;
	struct store_target uploads;
	bool told; /* DATA_DIR is set; else it is taken to be where the database is */
};

static void release(struct look *look)
{
	struct storage_place *place = look->state;
	db_target_cleanup(&place->database);
	store_target_cleanup(&place->uploads);
	free(place);
}

/* What may not be looked at is there, for all that is known. */
static bool is_gone(const char *path)
{
	struct stat status;
	return stat(path, &status) && (errno == ENOENT || errno == ENOTDIR);
}

/* That DATA_DIR is not known, or is one of another machine or of a container, is no fault: owctl need not run there. */
static fallible find_folder(struct look *look, const char *file)
{
	struct storage_sight *seen = &look->scene->storage;
	struct storage_place *place = look->state;
	AUTO(memory) char *folder = NULL;
	const char *told = NULL;
	struct error *error = blobs_data_folder(look->settings, file, &folder);
	if (error && error->code != ERR_SETTINGS)
		return error;
	error_ignore(error);
	if (folder)
		TRY(settings_get(look->settings, "DATA_DIR", &told));
	place->told = told != NULL;
	seen->folder = text_copy(folder);
	return NULL;
}

/* By the thread: a folder of a file server that is gone answers nobody. */
static void look_at_folder(struct storage_sight *seen, const struct storage_place *place)
{
	if (seen->folder && is_gone(seen->folder)) {
		free(seen->folder);
		seen->folder = NULL;
	}
	if (seen->folder && statvfs(seen->folder, &seen->disk))
		seen->disk = (struct statvfs){0};
	/* A server makes it when it starts first; later it is a volume that is not mounted. */
	seen->unmade = seen->local && seen->folder && is_gone(place->uploads.folder);
	/* Beside a database that lies alone nothing is missing: its server's DATA_DIR may be elsewhere. */
	seen->sight.absent = seen->local && (!seen->folder || (seen->unmade && !place->told));
}

static fallible prepare(struct look *look)
{
	struct storage_sight *seen = &look->scene->storage;
	struct storage_place *place = look->state = mem_new(1, sizeof *place);
	const char *provider = NULL;
	struct error *error = database_target(look->settings, &place->database);
	seen->sight.absent = error; /* which the database's part tells */
	error_ignore(error);
	if (seen->sight.absent)
		return NULL;
	TRY(settings_get(look->settings, "STORAGE_PROVIDER", &provider));
	TRY(find_folder(look, place->database.path));
	seen->local = text_equal(provider, "local");
	seen->sight.absent = seen->local && !seen->folder;
	if (seen->sight.absent)
		return NULL;
	TRY(blobs_uploads(look->settings, place->database.path, &place->uploads));
	seen->display = text_copy(place->uploads.display);
	return NULL;
}

static const char *kind_of(const struct store_target *uploads)
{
	static const char *const kinds[] = {
		[STORE_FOLDER] = "",   [STORE_S3] = "s3://", [STORE_GS] = "gs://",
		[STORE_AZURE] = "http", [STORE_SFTP] = ""};
	return kinds[uploads->kind];
}

/* `store` NULL: nothing lies there. */
static void look_at_uploads(struct look *look, struct store *store)
{
	const struct storage_place *place = look->state;
	const struct uploads_place uploads = {.database = &place->database,
					      .store = store,
					      .kind = kind_of(&place->uploads),
					      .now = look->scene->now,
					      .timeout_s = look_seconds(look)};
	if (look_wants(look, "OW505") || look_wants(look, "OW506") || look_wants(look, "OW507"))
		uploads_compare(&uploads, &look->scene->storage.uploads);
}

static fallible look(struct look *look)
{
	struct storage_sight *seen = &look->scene->storage;
	const struct storage_place *place = look->state;
	AUTO(store) struct store *store = NULL;
	int64_t seconds = look_seconds(look);
	const struct store_options options = {
		.patience_s = seconds, .connect_timeout_s = seconds, .silence_timeout_s = seconds};
	look_at_folder(seen, place);
	if (seen->sight.absent)
		return NULL;
	if (seen->unmade) {
		look_at_uploads(look, NULL);
		return NULL;
	}
	int64_t began = clock_monotonic_ms();
	TRY(store_open(&place->uploads, &options, &store));
	seen->open_ms = clock_monotonic_ms() - began;
	if (!look->options->read_only && (look_wants(look, "OW502") || look_wants(look, "OW503")))
		uploads_probe(store, &seen->probe);
	error_ignore(store_ask_facts(store, &seen->facts)); /* what it does not tell is not known */
	look_at_uploads(look, store);
	return NULL;
}

const struct part storage_part = {.what = "the place of uploads",
				  PART_OF_SCENE(storage, storage.sight),
				  .prepare = prepare,
				  .look = look,
				  .release = release};
