/* Whether a database is what its revision says: its catalogue, and what has to be true of its rows. */
#ifndef MIGRATE_VERIFY_H
#define MIGRATE_VERIFY_H

#include "migrate/catalogue.h"
#include "openwebui/installation.h"

enum finding_kind {
	FINDING_CATALOGUE, /* a table, column, key or index is not as the revision makes it */
	FINDING_DATA,      /* rows do not fit each other */
	FINDING_FOREIGN,   /* its owner's own: no fault */
};
extern const char *const finding_kind_names[];

struct finding {
	enum finding_kind kind;
	const char *name; /* stable: "missing-index" */
	char *place;      /* "chat.tasks", "index ix_chat_file_chat_id on chat_file" */
	char *what;       /* a sentence without a full stop */
	char *mend;       /* what to do about it, or NULL */
	bool breaks;      /* Open WebUI fails on it */
	int64_t count;    /* rows; 0: it is not about rows */
};

struct findings {
	struct finding *items;
	size_t count, room;
};
void findings_cleanup(struct findings *findings);

/* Adds one; the texts of `finding` are taken over. */
void findings_add(struct findings *findings, struct finding finding);

/* Takes out those of a name. */
void findings_remove(struct findings *findings, const char *name);

/* How many of them are faults: all but what is foreign. */
size_t findings_faults(const struct findings *findings);

struct catalogues {
	const struct catalogue *expected; /* at the revision */
	const struct catalogue *newest;   /* at the newest one: what is there of that is nobody's own */
	struct catalogue live;
};
void catalogues_cleanup(struct catalogues *catalogues);

/* Reads the live one, and works out those of a revision. */
fallible catalogues_read(struct db *db, const struct revision *revision, struct catalogues *catalogues) MUST_CHECK;

/* Compares what is there with what should be. `alters`: the engine can alter a table's columns (for the remedies), and
 * keeps values to their type. */
void verify_catalogue(const struct catalogues *catalogues, bool alters, struct findings *findings);

/* All of it for a database at a known revision, in the open transaction. Where a run was cut off, or the database is
 * at a later revision than it records, that alone; else broken states that migrate/faults.h knows, the catalogue and,
 * unless `catalogue_only`, the rows. */
fallible verify_database(struct installation *installation, bool catalogue_only, struct findings *findings) MUST_CHECK;

/* Looks through the rows of a database at installation->revision in the open transaction; what the catalogue lacks is
 * passed over. Memory does not depend on their number. */
fallible verify_rows(struct installation *installation, const struct catalogues *catalogues, struct findings *findings)
	MUST_CHECK;

#endif
