/* Removing snapshots, and what no snapshot needs any more: docs/backup-format.md, "Removing". What makes it safe beside
 * backups that are under way, killed or asleep:
 *
 * - A snapshot goes by its record; packs and manifests that no record names are only marked, in an object of the
 *   store. A later prune removes them, if that object is older than the grace period, older than the beginning of every
 *   backup that is alive, and there is still no record that names them.
 * - Backups that are under way have objects that say so (backup/running.h). Those are looked for before the records: a
 *   backup that ended in between has a record that is seen.
 * - All these times are the store's. No clock of this host or of another one is compared with any.
 * - Where a record can't be read, or names what is not there, no data is removed: the record may be what is wrong. */
#ifndef BACKUP_PRUNE_H
#define BACKUP_PRUNE_H

#include "backup/keep.h"
#include "backup/prune_lock.h"
#include "backup/record.h"
#include "backup/verify.h"

/* All borrowed. */
struct prune_request {
	const struct repository *repository;
	const unsigned char *key; /* of repository_key; NULL: not known */
	struct keep_rules rules;
	const struct strings *tags; /* what has one of them stays */
	const struct strings *drops; /* IDs of snapshots that are to go whatever the rules say */
	int64_t grace_s;
};

struct prune_item {
	char snapshot[SNAPSHOT_ID_SIZE];
	int64_t time;
	char *label;
	bool complete;
	bool whole;     /* all its objects are there, of their sizes */
	bool strange;   /* written for other recipients, or by who knows none: it stays, and counts for nothing */
	bool tagged;
	bool dropped;   /* it is to go; where its record can't be read, `label` is "" */
	bool locked;    /* its record could not be removed yet (prune_carry_out) */
	unsigned reasons; /* as in struct keep_snapshot */
};

struct prune_plan {
	struct prune_item *items; /* oldest first */
	size_t count;
	struct objects objects; /* that were there when the snapshots had been listed */
};
void prune_plan_cleanup(struct prune_plan *plan);

/* Reads only. ERR_INPUT where a record can't be read of one that is not to be dropped, and for one to be dropped that
 * is not there; ERR_NO where that is the last good one of its label. */
fallible prune_plan_make(const struct prune_request *request, struct prune_plan *plan) MUST_CHECK;
bool prune_stays(const struct prune_item *item);

struct prune_counts {
	size_t snapshots;                /* removed */
	size_t removed, marked;          /* objects, of data */
	size_t locked;                   /* objects of any kind that the store does not let go yet (store_delete) */
	uint64_t removed_bytes, marked_bytes;
};

/* Does it. `counts` is right also after an error. ERR_NO where data was left alone, as a snapshot that stays is not
 * whole. */
fallible prune_carry_out(const struct prune_request *request, const struct prune_plan *plan,
			 const struct prune_lock *lock, struct prune_counts *counts) MUST_CHECK;

#endif
