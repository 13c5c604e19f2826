/* Reading an encrypted object of members whole: a manifest, or an index. */
#ifndef BACKUP_ARCHIVE_READ_H
#define BACKUP_ARCHIVE_READ_H

#include "backup/record.h"

/* Called with each member, in order; what it is given is borrowed. */
typedef fallible archive_taker(void *state, const char *member, const struct str *bytes);

/* ERR_INPUT unless the object `name` is the one that `seal` means and a tar archive of plain files; ERR_PERMISSION
 * where no identity opens it. */
fallible archive_read_object(const struct repository *repository, const char *name, const struct object_seal *seal,
			     const struct age_identities *identities, archive_taker *taker, void *state) MUST_CHECK;

#endif
