/* What the files of verify share: objects and their hashes (verify_objects.c), what is in them (verify.c), and what of
 * that is in the pack at hand (verify_held.c). */
#ifndef BACKUP_VERIFY_OBJECTS_H
#define BACKUP_VERIFY_OBJECTS_H

#include "backup/fetch.h"
#include "backup/verify.h"

struct held_items;

fallible verify_tell(struct verify_faults *faults, const char *object, const char *what) MUST_CHECK;

/* Damage is told; what keeps from looking is an error. */
fallible verify_fault_of(struct verify_faults *faults, const char *object, struct error *error) MUST_CHECK;

/* Whether the pack is one that is read. */
bool verify_reads(const struct verifier *verifier, const char *pack);

/* The bytes of the manifest and the index, and which packs are read. */
fallible verify_lists(struct verifier *verifier, const struct record *record) MUST_CHECK;
/* The bytes of the packs, and what `items` has in them; NULL: they are not opened. */
fallible verify_packs(struct verifier *verifier, const struct record *record, const struct held_items *items)
	MUST_CHECK;

/* Fetches it, unless it was found good before. *stored gets its lines in addition. */
fallible verify_segment(struct verifier *verifier, struct fetcher *fetcher, const struct segment *segment,
			struct line_sum *stored) MUST_CHECK;
fallible verify_file(struct verifier *verifier, struct fetcher *fetcher, const struct file *file) MUST_CHECK;

#endif
