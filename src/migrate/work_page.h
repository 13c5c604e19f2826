/* A page of a pass (migrate/work.h). */
#ifndef MIGRATE_WORK_PAGE_H
#define MIGRATE_WORK_PAGE_H

#include "migrate/work.h"

/* Gives the rows behind *last to pass->read. *last is then the last key of the page, or NULL if there are no more. */
fallible page_read(struct work *work, const struct pass *pass, char **last, int64_t *count) MUST_CHECK;

#endif
