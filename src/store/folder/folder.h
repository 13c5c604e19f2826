/* A folder as a store: an object is a file of its name. Only for src/store/folder.
 *
 * Every path is walked from the folder's own descriptor part by part, and no part may be a symbolic link: what is
 * beside the folder is out of reach whatever anybody puts into it. */
#ifndef STORE_FOLDER_FOLDER_H
#define STORE_FOLDER_FOLDER_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/driver.h"

struct folder {
	struct store store;
	int root;
	char *path; /* for messages */
};

static inline struct folder *folder_of(struct store *store)
{
	return (struct folder *)store;
}

/* AUTO(descriptor): closed at the end, if there is one. */
static inline void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The descriptor, which is the caller's from now on. */
static inline int descriptor_take(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

/* What went wrong with an object or folder of this name (NULL: the folder itself), with what to do about it. */
fallible folder_error(const struct folder *folder, int errnum, const char *doing, const char *name) MUST_CHECK;

/* Opens the folder that the object `name` is in, and tells the last part of the name (borrowed from `name`). `*fd` -1:
 * there is none, and `make` was not asked for. What is made is 0700 and on the disk. */
fallible folder_walk(const struct folder *folder, const char *name, bool make, int *fd, const char **last) MUST_CHECK;

/* Opens a folder inside of another one; -1 and errno, which is ELOOP for a symbolic link. */
int folder_step(int from, const char *name);

/* On the disk; a file system that has no such thing for folders is fine. */
fallible folder_flush(const struct folder *folder, int fd, const char *name) MUST_CHECK;

int64_t folder_modified(const struct stat *info); /* ns since 1970 */

/* Whether the file that is being written under the name of a part was left by somebody who is gone. */
bool folder_is_leftover(int folder, const char *part);

/* The functions of the driver. */
bool folder_can(struct store *store, enum store_feature feature);
fallible folder_time(struct store *store, const char *scratch, int64_t *now) MUST_CHECK;
fallible folder_put(struct store *store, const char *name, const char *bytes, size_t size,
		    enum store_writing writing) MUST_CHECK;
fallible folder_upload_begin(struct store *store, const char *name, enum store_writing writing,
			     struct store_upload **upload) MUST_CHECK;
fallible folder_upload_write(struct store_upload *upload, const char *bytes, size_t size) MUST_CHECK;
fallible folder_upload_end(struct store_upload *upload) MUST_CHECK;
void folder_upload_free(struct store_upload *upload);
fallible folder_remove(struct store *store, const char *name) MUST_CHECK;
fallible folder_look(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;
fallible folder_get(struct store *store, const char *name, uint64_t offset, uint64_t size,
		    const struct sink *out) MUST_CHECK;
fallible folder_list(struct store *store, const char *prefix, store_lister *lister, void *state) MUST_CHECK;

/* Gives the file `part` the name `last`, both in the folder `fd`. STORE_NEW: `*taken` where there is one already, and
 * `part` stays. `*alone`: the file system itself kept it. 0, or errno. */
int folder_give_name(int fd, const char *part, const char *last, enum store_writing writing, bool *taken, bool *alone);

#endif
