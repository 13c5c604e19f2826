/* Files that somebody named: small ones read and written whole, large ones as a stream. Waiting for what a pipe or a
 * terminal has to say ends with a signal (ERR_INTERRUPTED). One that is not there, or is a folder, is ERR_INPUT. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

/* Opens a file, pipe or standard input ("-") for reading as a stream; closed by the caller. After a failed read errno
 * is EINTR where a signal ended the wait. */
fallible file_open(const char *path, FILE **file) MUST_CHECK;
static inline void file_cleanup(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* Reads a file, pipe or standard input ("-") into `out`. ERR_INPUT beyond `limit` bytes. */
fallible file_read(const char *path, size_t limit, struct str *out) MUST_CHECK;

/* As file_read for a file that holds a secret: refused (ERR_PERMISSION) when other users may read it. One trailing
 * newline is dropped. ERR_INPUT when a NUL is inside. `*secret` is to be released with secret_free. */
fallible file_read_secret(const char *path, char **secret) MUST_CHECK;

/* Refuses a file that others than owner and group can read, naming the chmod that mends it. */
fallible file_check_private(const char *path) MUST_CHECK;

/* Refuses a file that somebody else than this user and root could change (ERR_PERMISSION), naming what mends it: for
 * files that say what is to be run. */
fallible file_check_trusted(const char *path) MUST_CHECK;

bool file_exists(const char *path);

/* Puts new contents in the place of a file: whoever looks, and whatever is cut off, finds the old or the new ones. An
 * existing file keeps its mode and, where permitted, its owner; a new one is 0600. A symbolic link stays one, and a
 * device or pipe (/dev/stdout) is written to. */
fallible file_replace(const char *path, const char *bytes, size_t size) MUST_CHECK;

/* The same for a file that everybody is to read: 0644, whatever the old one's mode. */
fallible file_publish(const char *path, const char *bytes, size_t size) MUST_CHECK;

/* Before there is anything to write: whether file_replace could put a file there, as far as rights and folders tell. */
fallible file_check_replace(const char *path) MUST_CHECK;

/* Makes a file that is not there yet, 0600, and puts it on the disk: ERR_INPUT where there is one, which stays. */
fallible file_make(const char *path, const char *bytes, size_t size) MUST_CHECK;

/* One line to the end of a file that was opened with O_APPEND. Half a line, on a full disk, is taken back as long as
 * nobody wrote behind it: it would spoil the next one too. */
fallible file_append(int fd, const char *line, size_t size) MUST_CHECK;

/* The folder that a file is in ("." for a bare name); to be freed. */
char *file_folder(const char *path) MUST_CHECK;

/* Puts on the disk what was made, renamed or removed in a folder. */
fallible folder_sync(const char *path) MUST_CHECK;

/* Makes a folder and those above it, 0700 each; fine when they are there. */
fallible folder_make(const char *path) MUST_CHECK;

#endif
