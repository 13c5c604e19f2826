/* One Open WebUI installation, opened: its database, and what revision that is at. */
#ifndef OPENWEBUI_INSTALLATION_H
#define OPENWEBUI_INSTALLATION_H

#include "base/str.h"
#include "db/db.h"
#include "openwebui/revision.h"
#include "settings/settings.h"

struct installation {
	struct settings *settings; /* borrowed */
	struct db *db;
	char *file; /* of SQLite, from the root on; else NULL */
	struct strings recorded;         /* what alembic_version holds: none (empty database), one, or (broken) more */
	const struct revision *revision; /* of `recorded`, where there is one that this owctl knows; else NULL */
};

struct installation_options {
	enum db_access access;
	bool create;       /* make the SQLite file if there is none */
	bool any_revision; /* also an empty database and revisions that owctl does not know or no longer works on */
	int64_t timeout_s; /* --timeout: for connecting and for locks; statements may take what they take */
};

/* Finds the database in the settings, opens it, reads its revision and begins a transaction of `access`, which
 * installation_close rolls back unless it was committed. Unless `any_revision`: ERR_SETTINGS for a database without
 * Open WebUI's tables, ERR_FAILED for a revision on which the accounts commands can't work (unknown ones are opened
 * for reading only). */
fallible installation_open(struct settings *settings, const struct installation_options *options,
			   struct installation *installation) MUST_CHECK;
/* Reads alembic_version again, after a lock was waited for. */
fallible installation_read_revision(struct installation *installation) MUST_CHECK;
fallible installation_commit(struct installation *installation) MUST_CHECK;
void installation_cleanup(struct installation *installation);

/* "PostgreSQL db.example:5432/openwebui, revision 0bd252b206fb (0.12.4), profile prod": what a command names
 * before it changes anything, and what the audit record says. To be freed. */
char *installation_describe(const struct installation *installation) MUST_CHECK;

#endif
