/* What is needed for the next snapshot to know the rows of this one again. */
#ifndef BACKUP_ROW_HISTORY_H
#define BACKUP_ROW_HISTORY_H

#include "backup/repository.h"
#include "backup/rows.h"
#include "crypto/content_tag.h"
#include "db/slots.h"

struct row_history {
	struct db_moment moment; /* its history NULL: rows are not to be known again */
	unsigned char key[CONTENT_TAG_KEY_SIZE]; /* of the tags */
};
void row_history_cleanup(struct row_history *history);

/* Of the open transaction; also sets the identities of tables. Where the server lacks what is asked for, it says so and
 * has no moment. */
fallible row_history_learn(const struct rows_source *source, const struct repository *repository,
			   const struct age_recipients *recipients, struct tables *tables, struct row_history *history)
	MUST_CHECK;

/* NULL: there is none. */
const struct db_moment *row_history_moment(const struct row_history *history);
/* Whether rows of that earlier moment (NULL: none is known) may be known again. */
bool row_history_goes_on(const struct row_history *history, const struct db_moment *earlier);

#endif
