/* Folders for what is thrown away at the end, 0700. Whoever has one holds a lock on it (flock), by which others see
 * that somebody is there; what a kill left has none. */
#ifndef BASE_TEMP_FOLDER_H
#define BASE_TEMP_FOLDER_H

#include <stddef.h>

#include "base/error.h"

struct temp_folder {
	char *path; /* NULL: there is none */
	int lock;
};

/* Makes PREFIX-XXXXXX in the folder `in`. */
fallible temp_folder_make(const char *in, const char *prefix, struct temp_folder *folder) MUST_CHECK;

/* It is one to stay, under this name, which nothing has. On error it is still what it was. */
fallible temp_folder_keep(struct temp_folder *folder, const char *path) MUST_CHECK;

/* Removes it with all that is in it, and says so where that can't be done. {0} is fine. */
void temp_folder_cleanup(struct temp_folder *folder);

/* Removes those of that prefix that are this user's, and that nobody is at. How many these were. */
size_t temp_folder_sweep(const char *in, const char *prefix);

#endif
