/* An earlier snapshot of the same installation, whose packs have what did not change since. */
#ifndef BACKUP_EARLIER_H
#define BACKUP_EARLIER_H

#include "backup/snapshot_index.h"

struct earlier;

/* The newest snapshot with this label that was written by somebody who knows the recipients, and whose index has
 * that. Once running_begin was called: what is marked by now to be removed is not relied upon, and what is marked
 * later waits for this backup. *earlier NULL: there is none, or who asks may not look. */
fallible earlier_find(const struct repository *repository, const struct age_recipients *recipients, const char *label,
		      enum index_part part, struct earlier **earlier) MUST_CHECK;
void earlier_free(struct earlier *earlier); /* NULL is fine */
static inline void earlier_cleanup(struct earlier **earlier)
{
	earlier_free(*earlier);
}

bool earlier_has(const struct earlier *earlier, enum index_part part); /* whether its index does */

/* Its files, in order of roots and paths; they stay. */
const struct files *earlier_files(const struct earlier *earlier);

/* The file that has the root, path, size, time and version of this one, or NULL. */
const struct file *earlier_same(const struct earlier *earlier, const struct file *file);

/* Gives `file` the content that `other` of earlier_files has, if all packs are there that it lies in; they are needed
 * by the new snapshot then. *given false: they are not. */
fallible earlier_give(struct earlier *earlier, const struct file *other, struct file *file, bool *given) MUST_CHECK;

/* Of one of its databases the moment that it saw, or NULL where no rows of it are known: and then the tables whose
 * packs are all there. Whoever reads them takes segments from them. */
const struct db_moment *earlier_moment(const struct earlier *earlier, enum database_role role);
struct tables *earlier_tables(struct earlier *earlier, enum database_role role);
/* Before these two are asked. */
fallible earlier_look_for_rows(struct earlier *earlier, enum database_role role) MUST_CHECK;

/* The new snapshot has these tables: packs of their segments are needed, where they are of the earlier one. */
void earlier_need(struct earlier *earlier, const struct tables *tables);

/* Adds the packs that are needed. */
void earlier_add_packs(const struct earlier *earlier, struct record *record);

#endif
