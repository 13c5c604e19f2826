/* The place of uploads, and the disk that the folder of data is on. */
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
};

static void release(struct look *look)
{
	struct storage_place *place = look->state;
	db_target_cleanup(&place->database);
	store_target_cleanup(&place->uploads);
	free(place);
}

static bool is_folder(const char *path)
{
	struct stat status;
	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

/* That DATA_DIR is not known, or is one of another machine or of a container, is no fault: owctl need not run there. */
static fallible find_folder(struct look *look, const char *file)
{
	struct storage_sight *seen = &look->scene->storage;
	AUTO(memory) char *folder = NULL;
	struct error *error = blobs_data_folder(look->settings, file, &folder);
	if (error && error->code != ERR_SETTINGS)
		return error;
	error_ignore(error);
	seen->folder = text_copy(folder);
	return NULL;
}

/* By the thread: a folder of a file server that is gone answers nobody. */
static bool is_absent(struct storage_sight *seen, const struct storage_place *place)
{
	if (seen->folder && !is_folder(seen->folder)) {
		free(seen->folder);
		seen->folder = NULL;
	}
	/* A server makes the folder of uploads when it starts first. */
	return seen->local && (!seen->folder || !is_folder(place->uploads.folder));
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
	seen->sight.absent = is_absent(seen, place);
	if (seen->sight.absent)
		return NULL;
	if (seen->folder && statvfs(seen->folder, &seen->disk))
		seen->disk = (struct statvfs){0};
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
