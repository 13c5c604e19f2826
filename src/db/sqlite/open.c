/* Opening a file that Open WebUI may be running on. A POSIX lock belongs to the process and goes with the first close
 * of the file, whoever closes it; Open WebUI's own database download does just that, and from then on its locks do not
 * keep others from what SQLite does when the "last" connection closes: checkpoint, and unlink -wal and -shm, with the
 * server still writing into them. So, whatever the locks say:
 *   - reading is done with mode=ro;
 *   - a writer never checkpoints, neither by size nor when it closes, and never removes -wal and -shm;
 *   - nothing else in owctl may open the file: it is looked at with stat() alone. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "db/sqlite/sqlite.h"

/* A view can make a text of any length out of nothing, and no signal is heard meanwhile. */
#define LONGEST_VALUE (64 << 20)

static const char as_server[] = "check the path, and run owctl as the user that Open WebUI runs as";

/* A path that was meant to be absolute: sqlite:/// has one slash too few. */
static fallible hint_at_root(struct error *error, const char *path)
{
	AUTO(memory) char *absolute = text_format("/%s", path);
	struct stat status;
	if (*path == '/' || stat(absolute, &status))
		return error;
	return error_hint(error, "%s is there: an absolute path begins with a slash, and has four of them in "
				 "sqlite:///%s",
			  absolute, absolute);
}

/* The part of the path that should be a folder and is none, or NULL. To be freed. */
static char *file_on_the_way(const char *path)
{
	struct stat status;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		AUTO(memory) char *part = text_copy_n(path, (size_t)(slash - path));
		if (*part && !stat(part, &status) && !S_ISDIR(status.st_mode)) {
			char *found = part;
			part = NULL;
			return found;
		}
	}
	return NULL;
}

static fallible no_folder(const char *path)
{
	AUTO(memory) char *file = file_on_the_way(path);
	return error_new(ERR_SETTINGS, "%s is a file, not a folder", file ? file : path);
}

static fallible missing(const char *path, int errnum)
{
	struct error *error;
	if (errnum == EACCES)
		return error_hint(error_system(errnum, "%s", path), "%s", as_server);
	if (errnum == ENOTDIR)
		error = no_folder(path);
	else if (errnum == ENOENT)
		error = hint_at_root(error_new(ERR_SETTINGS, "there is no file %s", path), path);
	else
		error = error_new(ERR_SETTINGS, "%s: %s", path, strerrordesc_np(errnum));
	return error_hint(error, "Open WebUI keeps webui.db in its DATA_DIR; --data-dir names that folder, "
				 "--database the file; `owctl migrate up` makes a new database");
}

static fallible check_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO(memory) char *folder = !slash ? text_copy(".") : text_copy_n(path, (size_t)(slash - path) + 1);
	struct stat status;
	if (stat(folder, &status) && errno == ENOTDIR)
		return error_hint(no_folder(folder), "check the path, or name another folder");
	if (stat(folder, &status))
		return error_hint(hint_at_root(error_new(ERR_SETTINGS, "there is no folder %s", folder), folder),
				  "create it first");
	if (euidaccess(folder, W_OK | X_OK))
		return error_hint(error_system(errno, "no file can be made in %s", folder), "%s", as_server);
	return NULL;
}

/* A path without a suffix is that of a folder more often than not, and a file there would be in its way for ever. */
static fallible check_new(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	TRY(check_folder_of(path));
	if (strchr(name, '.'))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "there is no folder %s, and the name is none of a database file",
				    path),
			  "for a folder write %s/ (and make it), for a file %s.db", path, path);
}

/* What can be known without opening the file, told better than SQLite would. */
static fallible check_file(const char *path, const struct db_options *options)
{
	struct stat status;
	if (stat(path, &status))
		return (errno == ENOENT || errno == ENOTDIR) && options->create ? check_new(path)
										: missing(path, errno);
	if (S_ISDIR(status.st_mode))
		return error_hint(error_new(ERR_SETTINGS, "%s is a folder, not a database file", path),
				  "Open WebUI's file is called webui.db");
	if (!S_ISREG(status.st_mode))
		return error_hint(error_new(ERR_SETTINGS, "%s is not a regular file", path),
				  "Open WebUI keeps webui.db in its DATA_DIR");
	if (euidaccess(path, R_OK | (options->read_only ? 0 : W_OK)))
		return error_hint(error_system(errno, "%s", path), "%s", as_server);
	if (!status.st_size && !options->create && !options->may_be_empty)
		return error_hint(error_new(ERR_INPUT, "%s is empty, there is no database in it", path),
				  "is it the right file? A `migrate up` that was cut off leaves one like this: `owctl "
				  "migrate up` begins anew");
	return NULL;
}

fallible sqlite_would_create(const struct db_target *target, bool *would)
{
	const struct db_options options = {.create = true};
	TRY(check_file(target->path, &options));
	*would = access(target->path, F_OK) != 0;
	return NULL;
}

/* The path as a URI of SQLite, where ? # % mean something; "./" keeps ":memory:" a file. */
void sqlite_add_uri(struct str *uri, const char *path, const char *query)
{
	str_add(uri, path[0] == '/' ? "file://" : "file:./");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/._-~", c))
			str_add_char(uri, *path);
		else
			str_add_format(uri, "%%%02X", c);
	}
	str_add_format(uri, "?%s", query);
}

static int open_handle(const char *path, const struct db_options *options, sqlite3 **handle)
{
	AUTO(str) struct str uri = {0};
	sqlite_add_uri(&uri, path, options->read_only ? "mode=ro" : options->create ? "mode=rwc" : "mode=rw");
	int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (options->create)
		flags |= SQLITE_OPEN_CREATE;
	flags |= SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	/* A new file will hold hashes and keys: it is not for everybody, whatever the umask. */
	mode_t before = umask(0);
	umask(options->create ? before | S_IRWXO : before);
	int code = sqlite3_open_v2(str_text(&uri), handle, flags, NULL);
	umask(before);
	return code;
}

static fallible configure(struct sqlite *sqlite)
{
	static const struct {
		int option, value;
	} settings[] = {
		{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 0}, /* as Open WebUI runs it */
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_DQS_DML, 0}, /* "name" is a name; with a spelling mistake it is not a text */
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	sqlite3 *handle = sqlite->handle;
	for (size_t i = 0; i < COUNT(settings); i++)
		sqlite3_db_config(handle, settings[i].option, settings[i].value, NULL);
	if (sqlite->base.options.large_values)
		sqlite_use_large_blocks(sqlite);
	else
		sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
	sqlite3_wal_autocheckpoint(handle, 0);
	int on = 1;
	sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	sqlite_guard(sqlite);

	/* The first read: only now SQLite looks at the file. FULL: a commit that was reported survives a power cut.
	 * Pages that do not fit into the cache are written before the commit, and the journal synced for each batch of
	 * them: large work gets 16 MiB instead of 2. */
	sqlite_start_clock(sqlite);
	int code = sqlite_add_functions(handle);
	if (code == SQLITE_OK && sqlite->base.options.large_values)
		code = sqlite3_exec(handle, "PRAGMA cache_size = -16384", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(handle, "PRAGMA synchronous = FULL; SELECT count(*) FROM sqlite_master", NULL, NULL,
				NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(sqlite, code);
}

static struct sqlite *new_handle(const char *display, const struct db_options *options)
{
	sqlite_prepare_memory();
	struct sqlite *sqlite = mem_new(1, sizeof *sqlite);
	sqlite->base = (struct db){
		.driver = &sqlite_driver,
		.display = text_copy(display),
		.version = text_copy(sqlite3_libversion()),
		.options = *options,
	};
	return sqlite;
}

/* Takes over `sqlite`, whose handle was opened with `code`. */
static fallible finish(struct sqlite *sqlite, int code, struct db **db)
{
	struct error *error = code == SQLITE_OK ? configure(sqlite) : sqlite_error(sqlite, code);
	if (error) {
		db_close(&sqlite->base);
		return error;
	}
	*db = &sqlite->base;
	return NULL;
}

fallible sqlite_open(const struct db_target *target, const struct db_options *options, struct db **db)
{
	TRY(check_file(target->path, options));
	struct sqlite *sqlite = new_handle(target->display ? target->display : target->path, options);
	return finish(sqlite, open_handle(target->path, options, &sqlite->handle), db);
}

fallible sqlite_open_in_memory(const struct db_options *options, struct db **db)
{
	struct sqlite *sqlite = new_handle("memory", options);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	return finish(sqlite, sqlite3_open_v2(":memory:", &sqlite->handle, flags, NULL), db);
}

void sqlite_close(struct db *db)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite_forget_statements(sqlite);
	sqlite3_close(sqlite->handle);
}

const char *sqlite_file(const struct sqlite *sqlite)
{
	return sqlite3_db_filename(sqlite->handle, "main");
}
