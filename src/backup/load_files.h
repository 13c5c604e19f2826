/* The files of a snapshot on their way into a store. */
#ifndef BACKUP_LOAD_FILES_H
#define BACKUP_LOAD_FILES_H

#include "backup/fetch.h"
#include "backup/files.h"

struct files_target {
	struct store *stores[FILES_VECTORS + 1]; /* by their roots; NULL: files of that root are left out */
	const struct repository *repository;
	const struct age_identities *identities;
	struct progress *progress; /* as of a fetcher */
};

/* Writes all files, each with the content that it had, by its hash. One that is there already
 * is left; one of another content stops it: ERR_NO, and those before it stay. `count` gets how many there are now. */
fallible files_load(const struct files_target *target, const struct files *files, uint64_t *count) MUST_CHECK;

/* Reads the content of a file, checked by its hash at the end, into `out`. */
fallible file_fetch(struct fetcher *fetcher, const struct file *file, const struct sink *out) MUST_CHECK;

#endif
