/* One Open WebUI installation, opened: its database, and what revision that is at. */
#ifndef OPENWEBUI_INSTALLATION_H
#define OPENWEBUI_INSTALLATION_H

#include "base/str.h"
#include "db/db.h"
#include "openwebui/revision.h"
#include "settings/settings.h"

/* What the table alembic_version says about a database. */
enum standing {
	STANDING_EMPTY,   /* nothing is recorded */
	STANDING_KNOWN,   /* one revision, that this owctl knows */
	STANDING_UNKNOWN, /* one that it does not: of a newer release, or of another program */
	STANDING_BROKEN,  /* several at once */
};

struct installation {
	struct settings *settings; /* borrowed */
	struct db *db;
	char *file; /* of SQLite, from the root on; else NULL */
	enum standing standing;
	struct strings recorded;         /* what alembic_version holds */
	const struct revision *revision; /* STANDING_KNOWN: that one; else NULL */
	/* By what schema_has answers for this database: `revision`, or the newest where that is unknown. NULL only with
	 * `any_revision`. */
	const struct revision *read_as;
	void **known_at; /* a pointer to this one that is kept elsewhere; installation_cleanup clears it; NULL: none */
};

struct installation_options {
	enum db_access access;
	bool create;       /* make the SQLite file if there is none */
	bool for_change;   /* what can only be read is refused, also when this is a dry run with access DB_READ */
	bool look_first;   /* the first transaction reads only, also where `access` is DB_WRITE */
	bool large_work;   /* statements that take hours, and values of hundreds of megabytes: only signals end them */
	bool any_age;      /* as old as it may be: who asks looks for what is there himself */
	bool any_revision; /* whatever the standing, also an empty file; else it is checked as installation_open says */
	/* --timeout: for connecting and for locks. Twelve times as long (two minutes by default) the next row or the
	 * end of a statement is waited for. */
	int64_t timeout_s;
};

/* Finds the database in the settings, opens it, reads its revision and begins a transaction of `access`, which
 * installation_cleanup rolls back unless it was committed. Unless `any_revision`: ERR_SETTINGS for a database without
 * Open WebUI's tables, ERR_FAILED for a standing or a revision on which the accounts commands can't work. An unknown
 * revision is read, with a warning, but not changed. */
fallible installation_open(struct settings *settings, const struct installation_options *options,
			   struct installation *installation) MUST_CHECK;
/* ERR_FAILED with the way out for STANDING_UNKNOWN and STANDING_BROKEN. */
fallible installation_check_known(const struct installation *installation) MUST_CHECK;
/* Reads alembic_version again, after a lock was waited for. */
fallible installation_read_revision(struct installation *installation) MUST_CHECK;
/* The same in a transaction of its own, DB_READ, that is open afterwards. */
fallible installation_look_again(struct installation *installation) MUST_CHECK;
/* In a write transaction: one owctl at a time, and none beside a server of 0.12 that changes groups (PostgreSQL: it is
 * the server's own lock; on SQLite the write lock serves). Without it two that rename, or two that delete
 * administrators, would each be right by what they see, and wrong together. What was read before it is to be read
 * again. */
fallible installation_lock(struct installation *installation) MUST_CHECK;
fallible installation_commit(struct installation *installation) MUST_CHECK;
void installation_cleanup(struct installation *installation);

/* ERR_FAILED where other roles have put what would run with our rights (db_find_strangers); not so who owns `table`. */
fallible installation_refuse_strangers(struct db *db, const char *table) MUST_CHECK;

/* DATABASE_SCHEMA, where the engine has schemas and one is set; else NULL. Borrowed. */
const char *installation_schema(const struct installation *installation);

/* "PostgreSQL db.example:5432/openwebui, revision 0bd252b206fb (0.12.4), profile prod": what a command names
 * before it changes anything, and what the audit record says. To be freed. */
char *installation_describe(const struct installation *installation) MUST_CHECK;

/* The hint where the database takes a write without an error, and without keeping it. */
extern const char swallowed_hint[];

#endif
