/* Whether what a snapshot needs is there, and is what was written. */
#ifndef BACKUP_VERIFY_H
#define BACKUP_VERIFY_H

#include "backup/manifest.h"

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

/* What is wrong, one at a time: `object` is its name in the store, `what` a clause: "it is not there". */
struct verify_faults {
	fallible (*tell)(void *state, const char *object, const char *what);
	void *state;
	uint64_t count; /* so far */
};

/* That every object is there, and as large as it has to be; nothing of them is read. */
fallible verify_sizes(const struct objects *objects, const struct record *record, struct verify_faults *faults)
	MUST_CHECK;

/* Reads the manifest and every `nth` pack (1: all), and compares their hashes; no key is needed. */
fallible verify_objects(const struct repository *repository, const struct record *record, unsigned nth,
			struct verify_faults *faults) MUST_CHECK;

/* Opens the manifest and all that it names: hashes, row counts and sums. */
fallible verify_contents(const struct repository *repository, const struct record *record,
			 const struct age_identities *identities, struct verify_faults *faults) MUST_CHECK;

#endif
