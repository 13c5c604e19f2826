/* The member that says which values of a segment are otherwise than their text: docs/backup-format.md,
 * "NAME.segments.zst". */
#ifndef BACKUP_ODD_H
#define BACKUP_ODD_H

#include "db/db.h"

struct odd_list {
	struct db_odd *items; /* their texts are in `texts` */
	size_t count;
	struct strings texts;
};

/* ERR_INPUT where `lines` are not as they should be. */
fallible odd_list_read(struct odd_list *list, const struct str *lines) MUST_CHECK;
void odd_list_cleanup(struct odd_list *list);

/* Appends the line of one. */
void odd_add_line(struct str *lines, const struct db_odd *odd);

#endif
