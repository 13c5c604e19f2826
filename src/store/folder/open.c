#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/shell.h"
#include "store/folder/folder.h"

static fallible no_folder(int errnum, const char *path)
{
	struct error *error = error_system(errnum, "cannot open the folder %s", path);
	if (errnum == ENOENT || errnum == ENOTDIR || errnum == ELOOP || errnum == ENAMETOOLONG)
		error->code = ERR_SETTINGS;
	return error_hint(error, error->code == ERR_SETTINGS ? "check the path, and that what is mounted there is"
							     : "check the rights of the folder and of those above it");
}

static fallible folder_open(const struct store_target *target, const struct store_options *options, bool make,
			    struct store **store)
{
	(void)options;
	if (make)
		TRY(folder_make(target->folder));
	AUTO(descriptor) int root = open(target->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return no_folder(errno, target->folder);
	if (faccessat(root, ".", R_OK | X_OK, AT_EACCESS))
		return no_folder(errno, target->folder);
	struct folder *folder = mem_new(1, sizeof *folder);
	folder->root = descriptor_take(&root);
	folder->path = text_copy(target->folder);
	*store = &folder->store;
	return NULL;
}

static void folder_close(struct store *store)
{
	struct folder *folder = folder_of(store);
	close(folder->root);
	free(folder->path);
}

const struct store_driver folder_driver = {
	.open = folder_open,
	.close = folder_close,
	.can = folder_can,
	.put = folder_put,
	.upload_begin = folder_upload_begin,
	.upload_write = folder_upload_write,
	.upload_end = folder_upload_end,
	.upload_free = folder_upload_free,
	.remove = folder_remove,
	.look = folder_look,
	.get = folder_get,
	.list = folder_list,
	.time = folder_time,
};
