#include "backup/live_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/file.h"
#include "base/large_file.h"
#include "base/memory.h"
#include "db/db.h"

#define STEP (64 << 10)

static fallible copy_to(const char *path, const char *copy)
{
	const struct db_options how = {.read_only = true, .large_values = true};
	AUTO(db_target) struct db_target target = {0};
	AUTO(db) struct db *db = NULL;
	TRY(db_target_parse(path, true, &target));
	TRY(db_open(&target, &how, &db));
	return db_copy(db, copy);
}

static fallible pass_on(const char *copy, const struct sink *out)
{
	AUTO(file) FILE *file = NULL;
	AUTO(memory) char *bytes = mem_new(STEP, 1);
	TRY(file_open(copy, &file));
	for (size_t size; (size = fread(bytes, 1, STEP, file));) {
		TRY(cancel_check());
		TRY(sink_take(out, bytes, size));
	}
	return ferror(file) ? error_system(errno, "cannot read %s", copy) : NULL;
}

static fallible read_by(const char *path, const char *folder, const struct sink *out)
{
	AUTO(memory) char *copy = text_format("%s/copy", folder);
	struct error *error = copy_to(path, copy);
	if (!error)
		error = pass_on(copy, out);
	unlink(copy);
	return error;
}

fallible live_sqlite_read(const char *path, const struct sink *out)
{
	const char *scratch = large_file_folder(NULL);
	AUTO(memory) char *folder = text_format("%s/owctl-XXXXXX", scratch ? scratch : "/tmp");
	if (!mkdtemp(folder))
		return error_system(errno, "cannot make a folder in %s", scratch ? scratch : "/tmp");
	struct error *error = read_by(path, folder, out);
	rmdir(folder);
	return error_wrap(error, "%s", path);
}
