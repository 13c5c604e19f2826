/* A copy of the whole file through SQLite's backup API: page by page within one read transaction, so that it is one
 * state, whatever is written meanwhile, and nothing is locked or checkpointed that reading would not. VACUUM INTO would
 * have to attach a file and take every row through the limit on lengths. The copy is made under another name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "db/sqlite/sqlite.h"

#define MEGABYTE (1 << 20)
#define WORTH_A_NOTE 500 /* MB */

/* Written out this often: all of it at the end would be waited for without hearing a signal. */
#define SYNC_EVERY 16 /* MB */

struct copying {
	struct sqlite *from;
	const char *path;      /* the part that is being made */
	int fd;                /* of it */
	struct sqlite to;      /* no more of it than sqlite_error needs */
	sqlite3_backup *backup;
	int pages_at_once;
};

static void copying_cleanup(struct copying *copying)
{
	sqlite3_backup_finish(copying->backup);
	sqlite3_close(copying->to.handle);
	free(copying->to.base.display);
	progress_end();
}

/* The file is our own and nobody sees it: a journal would protect nothing. */
static fallible open_part(struct copying *copying)
{
	AUTO(str) struct str uri = {0};
	sqlite_add_uri(&uri, copying->path, "mode=rw");
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(str_text(&uri), &copying->to.handle, flags, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(copying->to.handle, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL,
				    NULL, NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(&copying->to, code);
}

static fallible start(struct copying *copying)
{
	TRY(open_part(copying));
	copying->backup = sqlite3_backup_init(copying->to.handle, "main", copying->from->handle, "main");
	if (!copying->backup)
		return sqlite_error(&copying->to, sqlite3_extended_errcode(copying->to.handle));
	return NULL;
}

static fallible page_size(struct sqlite *sqlite, int *size)
{
	sqlite3_stmt *statement;
	TRY(sqlite_prepare(sqlite, "PRAGMA page_size", &statement));
	int code = sqlite3_step(statement);
	*size = sqlite3_column_int(statement, 0);
	sqlite3_reset(statement);
	return code == SQLITE_ROW ? NULL : sqlite_error(sqlite, code);
}

/* Of what went wrong the step tells the code alone: damage is the database's, the rest is about the copy. */
static fallible step_error(struct copying *copying, int code)
{
	int primary = code & 0xff;
	bool source = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || code == SQLITE_IOERR_READ ||
		      code == SQLITE_IOERR_SHORT_READ;
	return source ? sqlite_error(copying->from, code) : sqlite_error(&copying->to, code);
}

static fallible sync_part(const struct copying *copying)
{
	return fdatasync(copying->fd) ? error_system(errno, "cannot write %s", copying->path) : NULL;
}

static fallible copy_pages(struct copying *copying)
{
	struct progress progress;
	int code = SQLITE_OK;
	for (size_t megabytes = 0; code != SQLITE_DONE; megabytes++) {
		TRY(cancel_check());
		code = sqlite3_backup_step(copying->backup, copying->pages_at_once);
		if (code != SQLITE_OK && code != SQLITE_DONE)
			return step_error(copying, code);
		int pages = sqlite3_backup_pagecount(copying->backup);
		if (!megabytes)
			progress_start(&progress, "copying", "MB", (size_t)(pages / copying->pages_at_once) + 1,
				       WORTH_A_NOTE);
		progress_step(&progress);
		if (megabytes % SYNC_EVERY == SYNC_EVERY - 1)
			TRY(sync_part(copying));
	}
	return sync_part(copying);
}

static fallible copy_state(struct sqlite *from, const char *path, int fd)
{
	AUTO(copying) struct copying copying = {
		.from = from, .path = path, .fd = fd, .to.base.display = text_copy(path)};
	int size;
	TRY(page_size(from, &size));
	copying.pages_at_once = size > 0 && size < MEGABYTE ? MEGABYTE / size : 1;
	TRY(start(&copying));
	return copy_pages(&copying);
}

/* Pages and rows are those of one state; then writers that wait for the reader go on, and the copy is looked at. */
static fallible copy_and_count(struct db *db, const char *path, int fd, struct sqlite_counts *counts)
{
	TRY(db_begin(db, DB_READ));
	struct error *error = copy_state((struct sqlite *)db, path, fd);
	if (!error)
		error = sqlite_count_rows((struct sqlite *)db, counts);
	db_rollback(db);
	return error;
}

/* Not every file system can rename without replacing. */
static int rename_to_new(const char *from, const char *to)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return link(from, to) || unlink(from);
}

static fallible is_there(const char *path)
{
	return error_hint(error_new(ERR_INPUT, "%s is there already", path), "name a file that is not there yet");
}

static fallible give_name(const char *part, const char *path)
{
	TRY(cancel_check());
	if (rename_to_new(part, path))
		return errno == EEXIST ? is_there(path) : error_system(errno, "cannot name the copy %s", path);
	AUTO(memory) char *folder = file_folder(path);
	struct error *error = folder_sync(folder);
	if (error)
		unlink(path);
	return error;
}

/* With `is_copy`, where an earlier copy is not the *same. */
static fallible make(struct db *db, const char *part, int fd, const char *path, bool (*is_copy)(const char *ending),
		     char **same)
{
	AUTO(sqlite_counts) struct sqlite_counts counts = {0};
	TRY(copy_and_count(db, part, fd, &counts));
	TRY(sqlite_check_copy(part, &counts));
	if (is_copy)
		TRY(sqlite_find_same((struct sqlite *)db, fd, is_copy, same));
	return is_copy && *same ? NULL : give_name(part, path);
}

static fallible cannot_make(int errnum, const char *path)
{
	struct error *error = error_system(errnum, "cannot make a copy at %s", path);
	if (errnum == ENOENT || errnum == ENOTDIR)
		error->code = ERR_INPUT;
	return error_hint(error, "name a folder that is there and may be written to");
}

fallible sqlite_copy(struct db *db, const char *path, bool (*is_copy)(const char *ending), char **same)
{
	struct stat status;
	if (!lstat(path, &status))
		return is_there(path);
	AUTO(memory) char *part = text_format("%s.part-XXXXXX", path);
	int fd = mkostemp(part, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return cannot_make(errno, path);
	struct error *error = make(db, part, fd, path, is_copy, same);
	if (error || (is_copy && *same))
		unlink(part);
	close(fd);
	return error_wrap(error, "cannot copy %s", db->display);
}
