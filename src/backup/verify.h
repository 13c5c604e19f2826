/* Whether what a snapshot needs is there, and is what was written. */
#ifndef BACKUP_VERIFY_H
#define BACKUP_VERIFY_H

#include "backup/manifest.h"
#include "crypto/digest_map.h"

/* All objects of a repository by name, from one listing. */
struct objects {
	struct strings names; /* in order */
	uint64_t *sizes;      /* beside them */
	int64_t *modified;    /* the same; as in struct store_object */
	size_t room;
};
fallible objects_list(const struct repository *repository, struct objects *objects) MUST_CHECK;
void objects_cleanup(struct objects *objects);
/* False: there is none of that name; else its place in all three. */
bool objects_find(const struct objects *objects, const char *name, size_t *place);

/* Which packs are read: those whose turn it is. By their IDs they stand on a ring, of which a share of so many percent
 * is one stretch, and the next day has the one behind it: whatever comes and goes, each pack has its turn within
 * 100 / percent days. */
struct verify_share {
	unsigned percent; /* 1 to 100 */
	int64_t day;      /* since 1970 */
};

/* A pack that one snapshot or several need. */
struct verified_pack {
	char id[PACK_ID_SIZE];
	bool read;
	struct object_seal found; /* what it is, if it was read */
};

/* How much there was, and how much of it was looked at. Rows, files and tables count for each snapshot that has
 * them. */
struct verified {
	struct verified_pack *packs; /* in order of IDs */
	size_t pack_count, packs_read;
	uint64_t rows, rows_read, files, files_read, tables, tables_summed;
};
void verified_cleanup(struct verified *verified);

/* What is wrong, one at a time: `object` is its name in the store, `what` a clause: "it is not there". */
struct verify_faults {
	fallible (*tell)(void *state, const char *object, const char *what);
	void *state;
	uint64_t count; /* so far */
};

/* That every object is there, and as large as it has to be; nothing of them is read. */
fallible verify_sizes(const struct objects *objects, const struct record *record, struct verify_faults *faults)
	MUST_CHECK;

struct verifier {
	const struct repository *repository;
	const struct age_identities *identities;
	struct verify_share share;
	struct verify_faults *faults;
	struct progress *progress; /* gets the bytes that are read; NULL: nobody waits */
	struct verified verified;
	struct digest_map good; /* segments and files that were found to be as they should, whichever snapshot has them,
				 * by what manifests say of them; of a segment the sum of its lines */
	char nearest[PACK_ID_SIZE]; /* of the snapshot at hand: the pack that is read if it is nobody's turn */
};

/* How many bytes verify_data will read of a snapshot, or somewhat less. */
uint64_t verify_bytes(const struct verifier *verifier, const struct record *record);

/* Reads the manifest and the packs whose turn it is, one at least, and compares their hashes. With secret keys they are
 * opened as well: hashes, numbers of rows, and the sums of tables that are in them as a whole. A pack is read once,
 * however many snapshots need it; but for what another one has in it besides, and for files in more than one pack. */
fallible verify_data(struct verifier *verifier, const struct record *record) MUST_CHECK;

#endif
