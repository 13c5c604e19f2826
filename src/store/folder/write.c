/* An object is written under the name of a part (store/name.h) in its own folder, put on the disk, and then given its
 * name. While it is written, its writer holds a lock on it (flock), by which others know that somebody is there. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "store/folder/folder.h"
#include "store/name.h"

struct folder_upload {
	struct store_upload upload;
	int folder, file; /* the folder that it is in; the part */
	char part[STORE_PART_SIZE];
	const char *last; /* of its name; borrowed from `name` */
	char *name;
};

static struct folder_upload *own(struct store_upload *upload)
{
	return (struct folder_upload *)upload;
}

static fallible begin(struct folder *folder, struct folder_upload *upload)
{
	TRY(folder_walk(folder, upload->name, true, &upload->folder, &upload->last));
	store_part_new(upload->part);
	upload->file = openat(upload->folder, upload->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (upload->file < 0)
		return folder_error(folder, errno, "write", upload->name);
	/* A file system without locks: then its age alone tells (list.c). */
	(void)!flock(upload->file, LOCK_EX | LOCK_NB);
	return NULL;
}

fallible folder_upload_begin(struct store *store, const char *name, enum store_writing writing,
			     struct store_upload **upload)
{
	(void)writing;
	struct folder_upload *begun = mem_new(1, sizeof *begun);
	begun->folder = begun->file = -1;
	begun->name = text_copy(name);
	struct error *error = begin(folder_of(store), begun);
	*upload = &begun->upload;
	if (error) {
		folder_upload_free(&begun->upload);
		free(begun);
	}
	return error;
}

fallible folder_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	struct folder_upload *to = own(upload);
	while (size) {
		TRY(cancel_check());
		ssize_t done = write(to->file, bytes, size);
		if (done < 0 && errno != EINTR)
			return folder_error(folder_of(upload->store), errno, "write", to->name);
		bytes += done > 0 ? done : 0;
		size -= done > 0 ? (size_t)done : 0;
	}
	return NULL;
}

fallible folder_upload_end(struct store_upload *upload)
{
	struct folder *folder = folder_of(upload->store);
	struct folder_upload *ending = own(upload);
	bool taken = false, alone;
	if (fsync(ending->file))
		return folder_error(folder, errno, "write", ending->name);
	int failed = folder_give_name(ending->folder, ending->part, ending->last, upload->writing, &taken, &alone);
	if (taken)
		return store_taken(ending->name);
	if (failed)
		return folder_error(folder, failed, "write", ending->name);
	*ending->part = '\0';
	return folder_flush(folder, ending->folder, ending->name);
}

void folder_upload_free(struct store_upload *upload)
{
	struct folder_upload *ending = own(upload);
	if (ending->file >= 0 && *ending->part)
		unlinkat(ending->folder, ending->part, 0);
	descriptor_cleanup(&ending->file);
	descriptor_cleanup(&ending->folder);
	free(ending->name);
}

fallible folder_put(struct store *store, const char *name, const char *bytes, size_t size, enum store_writing writing)
{
	AUTO(store_upload) struct store_upload *upload = NULL;
	TRY(store_upload_begin(store, name, writing, &upload));
	TRY(store_upload_write(upload, bytes, size));
	return store_upload_end(&upload);
}

fallible folder_remove(struct store *store, const char *name)
{
	struct folder *folder = folder_of(store);
	AUTO(descriptor) int fd = -1;
	const char *last;
	TRY(folder_walk(folder, name, false, &fd, &last));
	if (fd < 0)
		return NULL;
	if (unlinkat(fd, last, 0)) /* a folder of that name is no object */
		return errno == ENOENT || errno == EISDIR ? NULL : folder_error(folder, errno, "remove", name);
	return folder_flush(folder, fd, name);
}
