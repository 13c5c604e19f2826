/* A repository: a store that has owctl-repository.json, and what its objects are called: docs/backup-format.md. */
#ifndef BACKUP_REPOSITORY_H
#define BACKUP_REPOSITORY_H

#include "crypto/age.h"
#include "crypto/digest.h"
#include "store/store.h"

#define BACKUP_FORMAT 1

struct repository {
	struct store *store;
	char *id;
	unsigned char salt[DIGEST_SIZE];
};
void repository_cleanup(struct repository *repository); /* closes the store */

/* Makes one in a store that has none: ERR_NO where there is one, ERR_INPUT where there are other objects. Takes over
 * `store`, whatever comes of it. */
fallible repository_make(struct store *store, struct repository *repository) MUST_CHECK;
/* ERR_SETTINGS where there is none, ERR_FAILED for a format that this owctl does not know. Takes over `store`. */
fallible repository_open(struct store *store, struct repository *repository) MUST_CHECK;

/* Locks anew what a repository has once (store_lock_anew). */
fallible repository_lock_anew(const struct repository *repository) MUST_CHECK;

/* The key that only those have who know the recipients, for the MACs of snapshots. */
void repository_key(const struct repository *repository, const struct age_recipients *recipients,
		    unsigned char key[static DIGEST_SIZE]);
/* Another one that they have, for one purpose: "owctl index key 1\n". */
void repository_derive(const struct repository *repository, const struct age_recipients *recipients,
		       const char *purpose, unsigned char key[static DIGEST_SIZE]);

/* The names of objects; to be freed. */
#define RECORDS_PREFIX "snapshots/"
#define DRILLS_PREFIX "drills/"
char *record_object(const char *snapshot) MUST_CHECK;
char *manifest_object(const char *snapshot) MUST_CHECK;
char *index_object(const char *snapshot) MUST_CHECK;
char *pack_object(const char *pack) MUST_CHECK;
/* The other way: what stands between the last "/" and the first "." after it; and that of a pack, or NULL. */
char *object_id(const char *name) MUST_CHECK;
char *pack_of_object(const char *name) MUST_CHECK;

#endif
