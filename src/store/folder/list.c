/* Listing in order of names: a folder counts as its name with "/" behind it, so that "a.b" comes before "a/b". Of each
 * folder on the way the names are in memory, no more. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "store/folder/folder.h"
#include "store/name.h"

#define LEFT_AFTER_S (24 * 60 * 60)
#define SETTLED_AFTER_S 60
#define TAG_SIZE 64

struct listing {
	const struct folder *folder;
	const char *prefix;
	size_t prefix_size;
	store_lister *lister;
	void *state;
	int64_t now; /* s since 1970 */
	struct str path; /* of what is looked at */
};

static fallible list_folder(struct listing *listing, int fd);

/* Old, and nobody holds its lock: its writer was killed, or the machine was. */
bool folder_is_leftover(int folder, const char *part)
{
	struct stat info;
	/* For writing, since NFS locks no other ones. */
	AUTO(descriptor) int fd = openat(folder, part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) || !S_ISREG(info.st_mode))
		return false;
	time_t age = time(NULL) - info.st_mtim.tv_sec;
	return age > LEFT_AFTER_S && !flock(fd, LOCK_EX | LOCK_NB);
}

/* Whether names that begin with `path` can begin with the prefix. */
static bool may_fit(const struct listing *listing, const struct str *path)
{
	size_t size = path->size < listing->prefix_size ? path->size : listing->prefix_size;
	return !memcmp(str_text(path), listing->prefix, size);
}

/* What it leads to may be all that somebody wants: of that nothing is read, and who is not told thinks it is. */
static void tell_of_link(const struct listing *listing, int fd, const char *name)
{
	struct stat info;
	if (!fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) && S_ISLNK(info.st_mode))
		log_warning("%s/%s%s is a symbolic link, which is not followed: what it leads to is left out",
			    listing->folder->path, str_text(&listing->path), name);
}

/* The names of a folder that may be asked for; those of folders end with "/". */
static fallible names_of(struct listing *listing, int fd, struct strings *names)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = copy < 0 ? NULL : fdopendir(copy);
	if (!folder) {
		struct error *error = folder_error(listing->folder, errno, "list", str_text(&listing->path));
		descriptor_cleanup(&copy);
		return error;
	}
	size_t size = listing->path.size;
	struct dirent *entry;
	while (errno = 0, (entry = readdir(folder))) {
		struct stat info;
		bool known = entry->d_type == DT_REG || entry->d_type == DT_DIR;
		bool is_folder = entry->d_type == DT_DIR;
		if (store_is_part(entry->d_name)) {
			if (folder_is_leftover(fd, entry->d_name))
				unlinkat(fd, entry->d_name, 0);
			continue;
		}
		if (!store_name_valid(entry->d_name))
			continue;
		if (!known && (entry->d_type != DT_UNKNOWN ||
			       fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) ||
			       !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))) {
			tell_of_link(listing, fd, entry->d_name);
			continue;
		}
		is_folder = known ? is_folder : S_ISDIR(info.st_mode);
		str_add_format(&listing->path, "%s%s", entry->d_name, is_folder ? "/" : "");
		if (may_fit(listing, &listing->path))
			strings_add(names, str_text(&listing->path) + size);
		listing->path.size = size;
		listing->path.data[size] = '\0';
	}
	struct error *error = errno ? folder_error(listing->folder, errno, "list", str_text(&listing->path)) : NULL;
	closedir(folder);
	return error;
}

/* The time of its last change, which nobody can set, and which file it is. One that was changed a short time ago may be
 * changed again without getting another time: clocks of file systems are coarse, and what is written to a file in
 * memory (mmap) gives it a time but once until the kernel has written it back, within half a minute. */
static const char *tag_of(const struct stat *info, int64_t now, char tag[static TAG_SIZE])
{
	if (info->st_ctim.tv_sec > now - SETTLED_AFTER_S)
		return NULL;
	snprintf(tag, TAG_SIZE, "%" PRIx64 ".%09ld.%" PRIx64, (uint64_t)info->st_ctim.tv_sec, info->st_ctim.tv_nsec,
		 (uint64_t)info->st_ino);
	return tag;
}

/* One that is gone by now was not there. */
static fallible gone_or_error(const struct listing *listing)
{
	return errno == ENOENT ? NULL : folder_error(listing->folder, errno, "list", str_text(&listing->path));
}

static fallible list_entry(struct listing *listing, int fd, const char *name)
{
	struct stat info;
	if (text_ends(name, "/")) {
		AUTO(memory) char *bare = text_copy_n(name, strlen(name) - 1);
		AUTO(descriptor) int inner = folder_step(fd, bare);
		if (inner < 0)
			return gone_or_error(listing);
		return list_folder(listing, inner);
	}
	if (listing->path.size < listing->prefix_size)
		return NULL;
	if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW))
		return gone_or_error(listing);
	char tag[TAG_SIZE];
	struct store_object object = {.name = listing->path.data,
				      .size = (uint64_t)info.st_size,
				      .modified = folder_modified(&info),
				      .tag = tag_of(&info, listing->now, tag)};
	return listing->lister(listing->state, &object);
}

static fallible list_folder(struct listing *listing, int fd)
{
	AUTO(strings) struct strings names = {0};
	TRY(cancel_check());
	TRY(names_of(listing, fd, &names));
	strings_sort(&names);
	size_t size = listing->path.size;
	for (size_t i = 0; i < names.count; i++) {
		str_add(&listing->path, names.items[i]);
		TRY(list_entry(listing, fd, names.items[i]));
		listing->path.size = size;
		listing->path.data[size] = '\0';
	}
	return NULL;
}

fallible folder_list(struct store *store, const char *prefix, store_lister *lister, void *state)
{
	struct listing listing = {.folder = folder_of(store),
				  .prefix = prefix,
				  .prefix_size = strlen(prefix),
				  .lister = lister,
				  .state = state,
				  .now = clock_now()};
	str_add(&listing.path, "");
	struct error *error = list_folder(&listing, listing.folder->root);
	str_cleanup(&listing.path);
	return error;
}
