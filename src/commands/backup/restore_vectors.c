/* With --replace the folder of vectors is replaced as a whole: what Chroma has in it belongs together, and a -wal of
 * the old database would destroy the new one. It is written beside the old one, and gets its name once the rows are
 * there; the old one stays under another name. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"

#define STAGED ".restoring"
#define BEFORE ".before-"

/* Whether it can be renamed: it is no link, and no file system of its own. */
static fallible check_folder(const char *path, const char *parent, const struct stat *info)
{
	struct stat above;
	if (stat(parent, &above))
		return error_system(errno, "cannot look at %s", parent);
	if (S_ISDIR(info->st_mode) && info->st_dev == above.st_dev)
		return NULL;
	return error_hint(error_new(ERR_NO, "%s is a link, or a file system of its own, and can't be switched", path),
			  "move what is in it out of the way, and say the same again");
}

static fallible redirect(const char *path, struct store_target *vectors)
{
	struct store_target staged = {0};
	TRY(store_target_parse(path, &staged));
	store_target_cleanup(vectors);
	*vectors = staged;
	return NULL;
}

fallible restoring_stage_vectors(struct restoring *restoring, struct store_target *vectors)
{
	struct stat info;
	if (!restoring->arguments->replace || vectors->kind != STORE_FOLDER || lstat(vectors->folder, &info))
		return NULL;
	AUTO(memory) char *parent = file_folder(vectors->folder);
	AUTO(memory) char *prefix = text_format("%s" STAGED, strrchr(vectors->folder, '/') + 1);
	TRY(check_folder(vectors->folder, parent, &info));
	temp_folder_sweep(parent, prefix);
	TRY(temp_folder_make(parent, prefix, &restoring->vectors));
	if (chmod(restoring->vectors.path, info.st_mode & 07777))
		return error_system(errno, "cannot change the mode of %s", restoring->vectors.path);
	restoring->vectors_folder = text_copy(vectors->folder);
	return redirect(restoring->vectors.path, vectors);
}

/* Where the old one goes: named by the moment, and by a number where that is taken. */
static char *name_before(const char *folder)
{
	char moment[CLOCK_TEXT_SIZE] = "";
	clock_format(clock_now(), moment);
	char *path = text_format("%s" BEFORE "%s", folder, moment);
	for (int number = 2; file_exists(path); number++) {
		free(path);
		path = text_format("%s" BEFORE "%s-%d", folder, moment, number);
	}
	return path;
}

static fallible switch_folders(struct restoring *restoring, const char *before)
{
	const char *folder = restoring->vectors_folder;
	AUTO(memory) char *parent = file_folder(folder);
	if (rename(folder, before))
		return error_system(errno, "cannot rename %s to %s", folder, before);
	struct error *error = temp_folder_keep(&restoring->vectors, folder);
	if (error && rename(before, folder))
		log_warning("%s could not be renamed back to %s: %s", before, folder, strerrordesc_np(errno));
	TRY(error);
	return folder_sync(parent);
}

fallible restoring_switch_vectors(struct restoring *restoring)
{
	if (!restoring->vectors.path)
		return NULL;
	AUTO(memory) char *before = name_before(restoring->vectors_folder);
	TRY(error_hint(error_wrap(switch_folders(restoring, before), "the rows are restored, the vectors are not"),
		       "say the same again"));
	log_note("the vectors that were there are in %s: remove them once all is well", before);
	return NULL;
}
