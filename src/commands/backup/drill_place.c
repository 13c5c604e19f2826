/* Where a snapshot is restored to be looked at, and thrown away again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "backup/replace.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/drilling.h"
#include "openwebui/database.h"
#include "openwebui/secret_keys.h"

#define PREFIX "owctl-drill"
#define SECRETS "secrets.env"
#define MIB (1 << 20)

static const char *scratch_of(const struct drilling *drilling)
{
	const char *folder = drilling->arguments->scratch ? drilling->arguments->scratch : getenv("TMPDIR");
	return folder && *folder ? folder : "/tmp";
}

static const char *url_of(const struct drilling *drilling)
{
	return drilling->context->globals.database;
}

/* ---- before anything is done ---- */

static uint64_t bytes_of_rows(const struct manifest *manifest)
{
	const struct database_copy *copy = manifest_database(manifest, "main");
	uint64_t bytes = 0;
	for (size_t i = 0; copy && i < copy->tables.count; i++)
		for (size_t number = 0; number < copy->tables.items[i].segment_count; number++)
			bytes += copy->tables.items[i].segments[number].bytes;
	return bytes;
}

/* Rows with their indexes, and files. */
static uint64_t bytes_needed(const struct drilling *drilling)
{
	const struct manifest *manifest = &drilling->restoring.manifest;
	uint64_t bytes = url_of(drilling) ? 0 : bytes_of_rows(manifest) / 2 * 3;
	for (size_t i = 0; i < manifest->files.count; i++)
		bytes += manifest->files.items[i].missing ? 0 : manifest->files.items[i].size;
	return bytes;
}

static fallible check_disk(const struct drilling *drilling)
{
	const char *folder = scratch_of(drilling);
	struct statvfs disk;
	if (statvfs(folder, &disk))
		return error_system(errno, "cannot look for room in %s", folder);
	uint64_t available = (uint64_t)disk.f_bavail * disk.f_frsize, needed = bytes_needed(drilling);
	if (needed <= available)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the drill needs about %llu MiB of disk, and %s has %llu MiB left",
				    (unsigned long long)(needed / MIB), folder, (unsigned long long)(available / MIB)),
			  "name a folder with more of it: --scratch FOLDER");
}

static fallible look_for_tables(struct db *db)
{
	AUTO(strings) struct strings tables = {0};
	TRY(db_begin(db, DB_READ));
	TRY(db_tables(db, &tables));
	db_rollback(db);
	if (!tables.count)
		return NULL;
	return error_hint(error_new(ERR_NO, "%s has tables, as %s; nothing was restored", db_display(db),
				    tables.items[0]),
			  "a drill takes only a database that is empty, and empties it at the end; one that was cut "
			  "off leaves its tables there");
}

static fallible check_database(const struct drilling *drilling)
{
	const struct db_options how = {.read_only = true, .connect_timeout_s = drilling->context->globals.timeout};
	AUTO(db_target) struct db_target target = {0};
	AUTO(db) struct db *db = NULL;
	TRY(db_target_parse(url_of(drilling), true, &target));
	if (target.path)
		return error_hint(error_new(ERR_USAGE, "--database names a scratch database of PostgreSQL"),
				  "leave it out for SQLite: --scratch FOLDER says where");
	TRY(db_open(&target, &how, &db));
	return look_for_tables(db);
}

fallible drill_place_check(struct drilling *drilling)
{
	TRY(check_disk(drilling));
	return url_of(drilling) ? check_database(drilling) : NULL;
}

/* ---- making it ---- */

/* Nothing of the installation's settings is in it, so that neither its database nor its bucket is ever meant; keys that
 * the snapshot has are. */
static fallible make_settings(struct drilling *drilling)
{
	AUTO(memory) char *data = text_format("DATA_DIR=%s", drilling->folder.path);
	char none[] = "OWCTL_CONFIG=/dev/null";
	char *const environment[] = {data, none, NULL};
	const char *secrets = drilling->restoring.manifest.secrets;
	AUTO(memory) char *file = secrets ? text_format("%s/" SECRETS, drilling->folder.path) : NULL;
	if (file) {
		TRY(secret_keys_check(secrets));
		TRY(file_make(file, secrets, strlen(secrets)));
	}
	return settings_load(&(struct settings_request){.database = url_of(drilling),
							.env_file = file,
							.environment = environment},
			     &drilling->settings);
}

fallible drill_place_make(struct drilling *drilling)
{
	const char *in = scratch_of(drilling);
	size_t swept = temp_folder_sweep(in, PREFIX);
	if (swept)
		log_note("removed what %zu drill%s left in %s that were cut off", swept, swept == 1 ? "" : "s", in);
	TRY(temp_folder_make(in, PREFIX, &drilling->folder));
	TRY(make_settings(drilling));
	drilling->place = *drilling->context;
	drilling->place.settings = drilling->settings;
	drilling->restoring.context = &drilling->place;
	TRY(database_target(drilling->settings, &drilling->restoring.target));
	drilling->file = text_copy(drilling->restoring.target.path);
	drilling->restoring.file = drilling->file;
	return NULL;
}

/* ---- taking it away ---- */

static fallible drop_all(struct db *db)
{
	AUTO(strings) struct strings tables = {0};
	TRY(db_begin(db, DB_WRITE));
	TRY(db_tables(db, &tables));
	TRY(replace_drop(db, &tables));
	return db_commit(db);
}

static fallible empty_database(const struct drilling *drilling)
{
	const struct db_options how = {.connect_timeout_s = drilling->context->globals.timeout};
	AUTO(db) struct db *db = NULL;
	TRY(db_open(&drilling->restoring.target, &how, &db));
	return drop_all(db);
}

void drill_place_clear(struct drilling *drilling)
{
	if (drilling->loaded)
		log_warning_error(error_wrap(empty_database(drilling), "the tables of the drill stay in %s",
					     drilling->restoring.target.display));
	drilling->loaded = false;
	temp_folder_cleanup(&drilling->folder);
}

void drilling_cleanup(struct drilling *drilling)
{
	drill_place_clear(drilling);
	drill_cleanup(&drilling->drill);
	restoring_cleanup(&drilling->restoring);
	settings_free(drilling->settings);
	free(drilling->file);
}
