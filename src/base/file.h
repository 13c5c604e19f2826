/* Small files, read and written whole. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* Reads a regular file, pipe or standard input ("-") into `out`. ERR_INPUT beyond `limit` bytes or for a folder. */
fallible file_read(const char *path, size_t limit, struct str *out) MUST_CHECK;

/* As file_read for a file that holds a secret: refused (ERR_PERMISSION) when other users may read it. One trailing
 * newline is dropped. ERR_INPUT when a NUL is inside. `*secret` is to be released with secret_free. */
fallible file_read_secret(const char *path, char **secret) MUST_CHECK;

/* Refuses a file that others than owner and group can read, naming the chmod that mends it. */
fallible file_check_private(const char *path) MUST_CHECK;

bool file_exists(const char *path);

#endif
