/* A page of a pass (migrate/work.h). */
#ifndef MIGRATE_WORK_PAGE_H
#define MIGRATE_WORK_PAGE_H

#include "migrate/work.h"

/* Gives the rows behind *last and before `stop` (NULL: to the last one) to pass->read. *last is then the last key of
 * the page, or NULL if there are no more. */
fallible page_read(struct work *work, const struct pass *pass, char **last, const char *stop, int64_t *count)
	MUST_CHECK;

/* The keys of rows behind `last` that can't come with their large column, in their order: each makes a page. */
fallible page_find_large(struct work *work, const struct pass *pass, const char *last, struct strings *keys) MUST_CHECK;
/* Gives that row to pass->read. */
fallible page_read_large(struct work *work, const struct pass *pass, const char *key) MUST_CHECK;

#endif
